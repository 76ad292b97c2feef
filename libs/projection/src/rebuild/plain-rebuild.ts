import type { JobOrder } from '../job.js';

/** From the projector's own stream alone, every message of it. */
export const PLAIN_REBUILD: JobOrder = {
  kind: 'rebuild',
  acceptDifferences: false,
  acceptLoss: false,
  repair: false,
  removeUntold: null,
  stream: null,
  lastPerSubject: false,
};

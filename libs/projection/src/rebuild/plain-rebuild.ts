import type { JobOrder } from '../job.js';

/** Reads every message of the projector's own stream, and no other stream. */
export const PLAIN_REBUILD: JobOrder = {
  kind: 'rebuild',
  acceptDifferences: false,
  acceptLoss: false,
  repair: false,
  removeUntold: null,
  stream: null,
  lastPerSubject: false,
};

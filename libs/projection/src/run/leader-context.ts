import type { Engine } from '../engine.js';
import type { SourceChanged } from '../stream/source-changed.js';
import type { ProjectorState } from './projector-state.js';

/** What a leader works with, and whom it tells. */
export interface LeaderContext {
  readonly engine: Engine;
  readonly state: ProjectorState;
  /** Something worked: there is no row of failures. */
  readonly progressed: () => void;
  /** The stream turned out not to be the one the position belongs to. Told again at every check. */
  readonly halted: (change: SourceChanged) => void;
  /** Whether this process works on a job. */
  readonly isWorking: () => boolean;
}

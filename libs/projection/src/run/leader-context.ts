import type { Engine } from '../engine.js';
import type { SourceChanged } from '../stream/source-changed.js';
import type { ProjectorState } from './projector-state.js';

/** The objects that a leader uses, and the callbacks that it calls. */
export interface LeaderContext {
  readonly engine: Engine;
  readonly state: ProjectorState;
  /** Something succeeded, so the series of failures is over. */
  readonly progressed: () => void;
  /** The position belongs to another stream. Called again at every check. */
  readonly halted: (change: SourceChanged) => void;
  /** Called at every check of a leader that cannot write the live generation: another projector of its release may have left a job. */
  readonly continueJob: () => void;
  /** Whether this process works on a job. */
  readonly isWorking: () => boolean;
}

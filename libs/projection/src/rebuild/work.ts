import type { Engine } from '../engine.js';
import type { JobPhase, StoredJob } from '../job.js';
import type { Position } from '../stream/position.js';
import type { BuildSource } from './build-reader.js';
import type { BuildParts, GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';

/** The facts about the live generation that the generation which is to replace it needs. */
export interface LiveGeneration {
  readonly position: Position;
  /** Set while the position belongs to another stream: the two generations cannot be compared then. */
  readonly isHalted: boolean;
  /** Set while its position does not move. */
  readonly isStill: boolean;
  /** Set once this worker no longer leads. */
  readonly isOver: boolean;
}

/** The current state of the stream to read. */
export type StreamNow = BuildSource & { readonly head: number };

/** The objects that the preparation phases use. */
export interface Work {
  readonly engine: Engine;
  readonly parts: BuildParts;
  readonly source: StreamNow;
  readonly live: LiveGeneration;
  readonly progress: JobProgress;
  readonly order: StoredJob;
  /** The first phase opens it; the caller of the phases closes it. */
  build: GenerationBuild | undefined;
}

/**
 * One step of a job. Another worker can begin it again if a former worker died in it.
 * @returns how the job has ended, in words, if it ends with this phase
 * @throws {JobFailed} to end the job permanently, or any other error; after those a new attempt may succeed
 */
export type Phase<W extends Work = Work> = (work: W) => Promise<string | undefined>;

/** Shows the current phase, and stores it with the job. */
export async function enter({ progress, parts }: Pick<Work, 'progress' | 'parts'>, phase: JobPhase): Promise<void> {
  progress.enter(phase);
  await parts.keep({ phase });
}

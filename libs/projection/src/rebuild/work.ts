import type { Engine } from '../engine.js';
import type { JobPhase, StoredJob } from '../job.js';
import type { Position } from '../stream/position.js';
import type { BuildSource } from './build-reader.js';
import type { BuildParts, GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';

/** The live generation, as far as one that is to take its place must know. */
export interface LiveGeneration {
  readonly position: Position;
  /** Set while the stream is not the one the position belongs to: the two cannot be compared then. */
  readonly isHalted: boolean;
}

/** The stream to read, as it is now. */
export type StreamNow = BuildSource & { readonly head: number };

/** What the phases that bring a generation near the live one work with. */
export interface Work {
  readonly engine: Engine;
  readonly parts: BuildParts;
  readonly source: StreamNow;
  readonly live: LiveGeneration;
  readonly progress: JobProgress;
  readonly order: StoredJob;
  /** Opened by the first phase, closed by the caller of the phases. */
  build: GenerationBuild | undefined;
}

/**
 * One step of a job. Each can be begun again where a former worker died.
 * @returns how the job has ended, in words, where it ends with this phase
 * @throws {JobFailed} for good, or whatever went wrong on the way; trying again may help then
 */
export type Phase<W extends Work = Work> = (work: W) => Promise<string | undefined>;

/** Shows which phase the work is in, and keeps it with the job. */
export async function enter({ progress, parts }: Pick<Work, 'progress' | 'parts'>, phase: JobPhase): Promise<void> {
  progress.enter(phase);
  await parts.keep({ phase });
}

import type { Engine } from '../engine.js';
import type { JobStatus } from '../job.js';
import type { Leadership } from '../run/leadership.js';
import type { ProjectorState } from '../run/projector-state.js';
import type { Begun } from './begin-job.js';
import { JobMetrics } from './job-metrics.js';
import { JobProgress } from './job-progress.js';
import { publishProgress } from './progress-publisher.js';
import { RunningJob } from './running-job.js';

/** What this process reports of the job that it works on, if any: status, progress messages, metrics, the end. */
export class JobReports {
  private running: RunningJob | undefined;
  /** A job that this process prepares without leading. */
  private prepared: JobProgress | undefined;
  /** A job that has reached its end under a leader that could no longer record it. */
  private unrecorded: JobProgress | undefined;
  private readonly metrics: JobMetrics;

  /** @param leftUnfinished called when this process stops work on an unfinished job: it no longer leads, or leads again already */
  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
    private readonly leftUnfinished: () => void,
  ) {
    this.metrics = new JobMetrics(engine.metrics.registry, () => this.status);
  }

  get isRunning(): boolean {
    return this.running !== undefined;
  }

  get status(): JobStatus | undefined {
    return (this.running?.progress ?? this.prepared)?.status();
  }

  /** Reads the operators' requests now. */
  async readRequests(): Promise<void> {
    await this.running?.readRequests();
  }

  /** Works on a job in the background, unless it has ended already. */
  begin(leading: Leadership, begun: Begun): JobStatus {
    if (begun.end) return this.ended(begun.end);
    const { generation, job } = begun;
    const known = this.unrecorded;
    const progress = known?.isOf(generation, job) ? known : new JobProgress(this.engine.projection, generation, job);
    this.unrecorded = undefined;
    this.running = new RunningJob(this.engine, progress, this.state);
    this.engine.logger.info({ kind: job.kind, generation }, 'job begins');
    void this.running.run(leading).finally(() => this.stopped(progress));
    return progress.status();
  }

  /** This process works on the job without leading. @returns a function that ends the reports */
  prepare(progress: JobProgress): () => void {
    this.prepared = progress;
    const quiet = publishProgress(this.engine, progress);
    return () => {
      quiet();
      this.prepared = undefined;
    };
  }

  private ended(end: JobStatus): JobStatus {
    const { kind, generation, state, differences, message } = end;
    this.engine.logger.info({ kind, generation, state, differences }, `job ended: ${message}`);
    this.metrics.jobEnded(end);
    if (end.kind === 'verify' && end.state === 'done')
      this.engine.metrics.differences.set((end.repair ? end.untold : end.differences) ?? 0);
    return end;
  }

  private stopped(progress: JobProgress): void {
    this.running = undefined;
    const status = progress.status();
    if (progress.isFinished) return void this.ended(status);
    const { kind, generation, message } = status;
    this.engine.logger.info({ kind, generation }, `job left to the next leader: ${message}`);
    if (progress.end) this.unrecorded = progress;
    this.leftUnfinished();
  }
}

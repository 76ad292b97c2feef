import type { Difference, JobOrder, JobPhase, JobState, JobStatus } from '#read-model/job.js';

const EXAMPLES = 20;
const RATE_WINDOW_MS = 5_000;

/** Keeps a job's status, and its rate over the last seconds. */
export class JobProgress {
  private state: JobState = 'running';
  private phase: JobPhase = 'filling';
  private position = 0;
  private target = 0;
  private readonly startedAt = new Date().toISOString();
  private finishedAt: string | null = null;
  private differences: number | null = null;
  private readonly examples: Difference[] = [];
  private message: string | null = null;
  isCancelled = false;
  private readonly marks: { readonly at: number; readonly position: number }[] = [];

  constructor(
    readonly order: JobOrder,
    readonly generation: number,
  ) {}

  enter(phase: JobPhase): void {
    this.phase = phase;
    this.message = null;
  }

  set(state: 'running' | 'paused'): void {
    this.state = state;
  }

  reached(position: number, target: number): void {
    this.position = position;
    this.target = target;
    this.message = null;
    const now = performance.now();
    this.marks.push({ at: now, position });
    while (this.marks.length > 2 && now - this.marks[0]!.at > RATE_WINDOW_MS) this.marks.shift();
  }

  /** From here on differences are counted, from none. */
  comparing(): void {
    this.differences = 0;
    this.examples.length = 0;
  }

  found(difference: Difference): void {
    this.differences = (this.differences ?? 0) + 1;
    if (this.examples.length < EXAMPLES) this.examples.push(difference);
  }

  /** It will go on by itself. */
  interrupted(message: string): void {
    this.message = message;
  }

  finish(state: 'done' | 'failed' | 'cancelled', message: string): void {
    this.state = state;
    this.message = message;
    this.finishedAt = new Date().toISOString();
  }

  get isFinished(): boolean {
    return this.finishedAt !== null;
  }

  get isPaused(): boolean {
    return this.state === 'paused';
  }

  status(): JobStatus {
    const isReading = this.phase === 'filling' || this.phase === 'catching up';
    const eventsPerSecond = this.isFinished || !isReading ? 0 : this.rate();
    const left = Math.max(0, this.target - this.position);
    return {
      ...this.order,
      state: this.state,
      phase: this.phase,
      generation: this.generation,
      position: this.position,
      target: this.target,
      eventsPerSecond,
      etaSeconds: this.phase === 'filling' && eventsPerSecond > 0 ? Math.ceil(left / eventsPerSecond) : null,
      startedAt: this.startedAt,
      finishedAt: this.finishedAt,
      differences: this.differences,
      examples: this.examples,
      message: this.message,
    };
  }

  private rate(): number {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return Math.round(((last.position - first.position) / (last.at - first.at)) * 1000);
  }
}

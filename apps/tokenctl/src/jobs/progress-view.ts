import { Presets, SingleBar } from 'cli-progress';
import { count, duration, jsonLine } from '../terminal/spelling.js';
import type { JobStatus } from '#projection/job.js';
import { isReading, jobLine, percent } from './job-text.js';

/** Shows how far a job is, until it is closed. */
export interface ProgressView {
  show(status: JobStatus): void;
  close(): void;
}

/** A bar on a terminal, lines elsewhere. */
export function progressView(stream: NodeJS.WriteStream): ProgressView {
  return stream.isTTY ? new ProgressBar(stream) : new ProgressLines(stream);
}

const FORMAT = '{bar} {percent} % | {phase} | {read} events | {rate} events/s | {left} left';

class ProgressBar implements ProgressView {
  private readonly bar: SingleBar;

  constructor(stream: NodeJS.WriteStream) {
    this.bar = new SingleBar({ format: FORMAT, stream, hideCursor: true }, Presets.shades_classic);
    this.bar.start(100, 0, { percent: 0, phase: 'starting', read: '-', rate: '-', left: '-' });
  }

  show(status: JobStatus): void {
    const { state, phase, position, target, etaSeconds } = status;
    this.bar.update(percent(status), {
      percent: percent(status),
      phase: state === 'running' ? phase : `${phase} (${state})`,
      read: `${count(position)} of ${count(target)}`,
      rate: isReading(status) ? count(status.eventsPerSecond) : '-',
      left: etaSeconds === null ? '-' : duration(etaSeconds),
    });
  }

  close(): void {
    this.bar.stop();
  }
}

const LINE_EVERY_MS = 3_000;

/** A line whenever the job enters another phase or state, and every few seconds. */
class ProgressLines implements ProgressView {
  private last: string | undefined;
  private lastAt = 0;

  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(status: JobStatus): void {
    if (status.finishedAt !== null) return;
    const { state, phase, message } = status;
    const now = performance.now();
    const key = `${state} ${phase} ${message}`;
    if (key === this.last && now - this.lastAt < LINE_EVERY_MS) return;
    this.last = key;
    this.lastAt = now;
    this.stream.write(`${jobLine(status)}\n`);
  }

  close(): void {}
}

/** One line of JSON per status, for programs. */
export class ProgressJson implements ProgressView {
  constructor(private readonly stream: NodeJS.WriteStream) {}

  show(status: JobStatus): void {
    this.stream.write(`${jsonLine(status)}\n`);
  }

  close(): void {}
}

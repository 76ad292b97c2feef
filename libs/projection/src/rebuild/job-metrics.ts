import { Counter, Gauge, type Registry } from 'prom-client';
import type { JobStatus } from '../job.js';

/** The metrics of operators' jobs. They show the unfinished job only while this process works on it. */
export class JobMetrics {
  private readonly ended: Counter;

  constructor(registry: Registry, current: () => JobStatus | undefined) {
    const registers = [registry];
    const gauge = (name: string, help: string, value: (job: JobStatus) => number) =>
      new Gauge({
        name,
        help,
        registers,
        collect() {
          const job = current();
          if (job) this.set(value(job));
          else this.remove();
        },
      });
    new Gauge({
      name: 'projector_job',
      help: '1 for the job this process works on, by kind, phase and state.',
      labelNames: ['kind', 'phase', 'state'],
      registers,
      collect() {
        this.reset();
        const job = current();
        if (job) this.set({ kind: job.kind, phase: job.phase, state: job.state }, 1);
      },
    });
    gauge('projector_job_position', 'Stream sequence the job has read up to.', ({ position }) => position);
    gauge('projector_job_target', 'Stream sequence the job has to read up to.', ({ target }) => target);
    gauge('projector_job_events_per_second', 'Events a second the job reads.', (job) => job.eventsPerSecond);
    this.ended = new Counter({
      name: 'projector_jobs_total',
      help: 'Jobs that have ended, by kind and how.',
      labelNames: ['kind', 'end'],
      registers,
    });
  }

  jobEnded({ kind, state }: JobStatus): void {
    this.ended.inc({ kind, end: state });
  }
}

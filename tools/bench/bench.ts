import type { BenchOptions } from './options.js';
import type { FilledReadModel } from './place/filled-read-model.js';
import type { BenchServers } from './place/servers.js';
import type { Report } from './report/report.js';

/** One thing to measure, by its name on the command line. */
export interface Bench {
  readonly name: string;
  /** For the help text; completes "measures ...". */
  readonly about: string;
  /** With fewer tokens its figures would say nothing. */
  readonly leastTokens?: number;
  run(bench: BenchRun): Promise<Report>;
}

/** What the benches of one run share. */
export interface BenchRun {
  readonly options: BenchOptions;
  readonly servers: () => Promise<BenchServers>;
  /** A read model of so many seeded tokens, built by the real projector when it is first asked for. */
  readonly readModel: (tokens: number) => Promise<FilledReadModel>;
}

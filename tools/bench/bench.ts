import type { BenchOptions } from './options.js';
import type { FilledReadModel } from './place/filled-read-model.js';
import type { BenchServers } from './place/servers.js';
import type { Report } from './report/report.js';

/** One measurement, with its name on the command line. */
export interface Bench {
  readonly name: string;
  /** For the help text; completes "measures ...". */
  readonly about: string;
  /** With fewer tokens its figures would mean nothing. */
  readonly leastTokens?: number;
  run(bench: BenchRun): Promise<Report>;
}

/** The objects that the benches of one run share. */
export interface BenchRun {
  readonly options: BenchOptions;
  readonly servers: () => Promise<BenchServers>;
  /** A read model of this many seeded tokens. The real projector builds it at the first call. */
  readonly readModel: (tokens: number) => Promise<FilledReadModel>;
}

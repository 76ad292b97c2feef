import type { BenchOptions } from '../options.js';
import type { Report } from '../report/report.js';

/** Where the processor time of one answer or event went. */
export interface Account {
  /** Of the app. */
  readonly cpuUs: number;
  /** Of the PostgreSQL processes that served it. */
  readonly postgresUs: number;
  /** Of the app's time, by part. */
  readonly shares: ReadonlyMap<string, number>;
}

/** Smaller ones are summed up. */
const LEAST_SHARE = 0.005;
const OTHERS = 'everything below 0.5 %';

/** @param accounts by what they are of */
export function accountReport({ tokens }: BenchOptions, accounts: Readonly<Record<string, Account>>): Report {
  return {
    name: 'account',
    title: 'where the processor time of a request and of an event goes',
    method:
      `One process, ${tokens.toLocaleString('en')} tokens, from Node's sampling profiler: what Node does counts for the file that called it. The profiler itself makes ` +
      'everything some percent slower. Lists as in `list`; updates as in `project`, from a backlog.',
    tables: Object.entries(accounts).map(([of, account]) => ({
      title: `Microseconds for ${of}`,
      columns: ['part', 'µs', 'of the app'],
      rows: [
        ['the app', account.cpuUs, '100 %'],
        ...partsOf(account).map(([part, share]) => [part, share * account.cpuUs, `${(share * 100).toFixed(1)} %`]),
        ['PostgreSQL, beside it', account.postgresUs, ''],
      ],
    })),
    notes: [
      'sending: the system calls that write to sockets, with what the kernel does meanwhile for the receiver on the same machine. The receiver often interrupts the app there, and the profiler counts that time, too',
      'PostgreSQL: the processes of the connections that were open all the time; what writes its pages and its log later is not counted',
    ],
    charts: [],
  };
}

function partsOf({ shares }: Account): [string, number][] {
  const large = [...shares].filter(([, share]) => share >= LEAST_SHARE).sort(([, a], [, b]) => b - a);
  const rest = 1 - large.reduce((sum, [, share]) => sum + share, 0);
  return rest > 0.001 ? [...large, [OTHERS, rest]] : large;
}

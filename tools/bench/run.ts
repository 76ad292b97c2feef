import type { Bench, BenchRun } from './bench.js';
import { BENCHES } from './benches.js';
import { circumstances } from './measure/circumstances.js';
import { say } from './measure/progress.js';
import type { BenchOptions } from './options.js';
import { fillReadModel, type FilledReadModel } from './place/filled-read-model.js';
import { startServers } from './place/servers.js';
import type { Report } from './report/report.js';
import { terminalText } from './report/terminal.js';
import { writeDocs } from './report/write-docs.js';

/** Runs benches one after the other on the same servers and prints their results. */
export async function runBenches(benches: readonly Bench[], options: BenchOptions): Promise<void> {
  const servers = await startServers();
  const filled = new Map<number, Promise<FilledReadModel>>();
  const run: BenchRun = {
    options,
    servers: async () => servers,
    readModel(tokens) {
      const known = filled.get(tokens) ?? fillReadModel(servers, tokens);
      filled.set(tokens, known);
      return known;
    },
  };
  const about = await circumstances(servers, commandOf(benches, options));
  const order = BENCHES.map(({ name }) => name);
  const reports: Report[] = [];
  for (const bench of benches) {
    say(`${bench.name}: measures ${bench.about}`);
    const report = await bench.run(run);
    reports.push(report);
    if (!options.json) console.log(terminalText(report));
    // Now, because a later bench may fail.
    if (options.write) writeDocs([report], about, order);
  }
  if (options.json) console.log(JSON.stringify({ options, circumstances: about, reports }, null, 2));
  else console.log(`\n${about.join('\n')}`);
}

function commandOf(benches: readonly Bench[], { tokens, seconds }: BenchOptions): string {
  const names = benches.map(({ name }) => name).join(' ');
  return `npm run bench -- ${names} --tokens ${tokens} --seconds ${seconds}`;
}

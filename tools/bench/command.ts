import { Argument, Command } from 'commander';
import { integerFrom } from '../../apps/tokenctl/src/terminal/arguments.js';
import type { Bench } from './bench.js';
import { BENCHES } from './benches.js';
import type { BenchOptions } from './options.js';

const NOTES = `
Benches:
${BENCHES.map(({ name, about }) => `  ${name.padEnd(10)} ${about}`).join('\n')}

Servers and data are its own and are removed at the end. Figures of a busy machine are worth little: they come with their
spread, and beside a floor and a peer of the same minutes.

Examples:
  $ npm run bench
  $ npm run bench -- list nats --tokens 100000 --seconds 2
  $ npm run bench -- --write
`;

/** @param action gets the selected benches, in the order of the run */
export function benchCommand(action: (benches: readonly Bench[], options: BenchOptions) => Promise<void>): Command {
  const command = new Command('bench')
    .description('Measure the product on this machine.')
    .addArgument(new Argument('[names...]', 'all when left out').choices(BENCHES.map(({ name }) => name)))
    .option('--tokens <number>', 'how many tokens', integerFrom(10_000, 100_000_000), 1_000_000)
    .option('--seconds <number>', 'how long a round of load lasts', integerFrom(1, 600), 3)
    .option('--json', 'print one JSON object on standard output', false)
    .option('--write', 'put the results into docs/benchmarks.md and docs/benchmarks.svg', false)
    .addHelpText('after', NOTES);
  return command.action(async (names: string[], options: BenchOptions) => {
    const benches = BENCHES.filter(({ name }) => names.length === 0 || names.includes(name));
    const tooSmall = benches.find(({ leastTokens = 0 }) => options.tokens < leastTokens);
    if (tooSmall) command.error(`${tooSmall.name} needs at least --tokens ${tooSmall.leastTokens}`);
    await action(benches, options);
  });
}

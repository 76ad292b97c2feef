import { Command } from 'commander';
import { refuseOptionsBeforeSubcommands } from './options-before-subcommand.js';

/** @returns the commands that were run, with their options */
function run(...args: string[]): unknown[] {
  const runs: unknown[] = [];
  const parent = new Command('rebuild')
    .enablePositionalOptions()
    .option('--json')
    .option('--stream <name>')
    .option('--limit <number>', 'has a default', '50')
    .exitOverride()
    .configureOutput({ writeErr: () => undefined })
    .action(({ json }: { json?: boolean }) => void runs.push(['rebuild', json]));
  parent
    .command('status')
    .option('--json')
    .action(({ json }: { json?: boolean }) => void runs.push(['status', json]));
  refuseOptionsBeforeSubcommands(parent).parse(args, { from: 'user' });
  return runs;
}

describe('refuseOptionsBeforeSubcommands', () => {
  test.each([
    [['--json', 'status'], '--json'],
    [['--stream', 'ARCHIVE', 'status'], '--stream'],
    [['--json', 'status', '--json'], '--json'],
  ])('refuses %j and names the option', (args, option) => {
    expect(() => run(...args)).toThrow(`option '${option}' has no effect before a subcommand; write it after`);
  });

  test('leaves alone what stands where it belongs', () => {
    expect(run('--json')).toEqual([['rebuild', true]]);
    expect(run('status')).toEqual([['status', undefined]]);
    expect(run('status', '--json')).toEqual([['status', true]]);
  });
});

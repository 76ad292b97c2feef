import { Command } from 'commander';
import { setTimeout as sleep } from 'node:timers/promises';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { readStatusSettings } from '../connect/operator.settings.js';
import { integerFrom } from '../terminal/arguments.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { StatusSource } from './status-source.js';
import { statusText } from './status-text.js';
import type { Status } from './status.js';

const NOTES = `
Shows what is known even when the database or NATS is away, and which of them is; the exit code is 1 then.
A projector that does not answer is named too, but is no failure of this command.

Environment: DATABASE_URL, NATS_URL, NATS_CREDS, NATS_TLS_CA, NATS_INBOX_PREFIX, NATS_STREAM,
NATS_SUBJECT_PREFIX; NO_COLOR for no colours.

Examples:
  $ tokenctl status
  $ tokenctl status --watch
  $ tokenctl status --watch 10 --json        # a line of JSON every 10 seconds
  $ tokenctl status --json | jq .readModel.lagEvents
`;

const WATCH_SECONDS = 2;
const CLEAR_SCREEN = '\x1b[H\x1b[2J';

interface StatusOptions {
  readonly json?: boolean;
  /** Seconds between two readings; true: the default. */
  readonly watch?: number | true;
}

/** One screen with the state of the read model. */
export function statusCommand(): Command {
  return new Command('status')
    .description('stream, read model, leader, job, generations, dead letters, sizes')
    .option('--watch [seconds]', `look again every so many seconds (default: ${WATCH_SECONDS})`, integerFrom(1, 3_600))
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((options: StatusOptions) => {
      const source = new StatusSource(settingsOrExit(readStatusSettings));
      return runCommand('status', () => (options.watch === undefined ? once(source, options) : watch(source, options)));
    });
}

async function once(source: StatusSource, { json }: StatusOptions): Promise<boolean> {
  const status = await source.read();
  show(status, json);
  await source.close();
  return isComplete(status);
}

/** Until Ctrl-C. */
async function watch(source: StatusSource, { json, watch: seconds }: StatusOptions): Promise<never> {
  for (;;) {
    const status = await source.read();
    if (!json && process.stdout.isTTY) process.stdout.write(CLEAR_SCREEN);
    show(status, json);
    if (!json && !process.stdout.isTTY) print('');
    await sleep((seconds === true ? WATCH_SECONDS : seconds!) * 1_000);
  }
}

function show(status: Status, json = false): void {
  if (json) printJson(status);
  else print(statusText(status));
}

function isComplete({ problems }: Status): boolean {
  return problems.every(({ what }) => what === 'projector');
}

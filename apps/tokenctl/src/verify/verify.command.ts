import { Command } from 'commander';
import type { Leader } from '../connect/leader.js';
import { runWithLeader } from '../connect/run-with-leader.js';
import { followToEnd } from '../jobs/follow-to-end.js';
import { integerFrom } from '../terminal/arguments.js';
import type { JobStatus } from '#projection/job.js';
import { hasSucceeded } from '../jobs/job-status.js';
import { jobEnd } from '../jobs/job-text.js';
import { progressView } from '../jobs/progress-view.js';
import { print, printJson } from '../terminal/run-command.js';

const NOTES = `
Has the projector that leads read the whole stream into a generation of its own and compare it with the live one, at one
position. The live one is fed and served meanwhile. Progress: tokenctl rebuild status; to stop it: tokenctl rebuild cancel.

--repair corrects the rows of the events that were read, and counts again. A row without an event need not be wrong: the stream may no
longer hold its event. A repair keeps such rows, with all rows of their tokens, and says how many there are; --remove-untold with
exactly that number removes them. Where the stream no longer holds all it ever had, a repair needs an archive that does (--stream).

Exit code 0: there are no differences, or they have been repaired, all of them.
Environment: NATS_URL, NATS_CREDS, NATS_TLS_CA, NATS_INBOX_PREFIX, NATS_SUBJECT_PREFIX.

Examples:
  $ tokenctl verify
  $ tokenctl verify --repair
  $ tokenctl verify --stream TOKENS_ARCHIVE --repair  # where the stream no longer holds everything
  $ tokenctl verify --repair --remove-untold 50       # after a repair that has left these 50 rows
  $ tokenctl verify --json | jq .differences
`;

interface VerifyOptions {
  readonly repair?: boolean;
  readonly removeUntold?: number;
  readonly stream?: string;
  readonly skipDiskCheck?: boolean;
  readonly json?: boolean;
}

/** Compares the read model with the stream, and with `--repair` corrects it. */
export function verifyCommand(): Command {
  return new Command('verify')
    .description('compare the read model with what the stream gives, row by row where they differ')
    .option('--repair', 'correct what differs')
    .option(
      '--remove-untold <number>',
      'with --repair: remove the rows without an event, if there are exactly so many',
      integerFrom(1, Number.MAX_SAFE_INTEGER),
    )
    .option('--stream <name>', 'read this archive or mirror to its end first, then the stream itself')
    .option('--skip-disk-check', 'begin without knowing that there is room')
    .option('--json', 'print one line of JSON at the end and nothing else on stdout')
    .addHelpText('after', NOTES)
    .action((options: VerifyOptions) => runWithLeader('verify', (leader) => verify(leader, options)));
}

async function verify(leader: Leader, { json, ...body }: VerifyOptions): Promise<boolean> {
  const begin = () => leader.request<JobStatus>('verify', body);
  const end = await followToEnd(leader, begin, () => progressView(json ? process.stderr : process.stdout));
  if (json) printJson(end);
  else print(jobEnd(end));
  return hasSucceeded(end);
}

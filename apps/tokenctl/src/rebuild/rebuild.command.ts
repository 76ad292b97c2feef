import { Command } from 'commander';
import { runWithLeader } from '../connect/run-with-leader.js';
import { hasSucceeded } from '../jobs/job-status.js';
import { refuseOptionsBeforeSubcommands } from '../terminal/options-before-subcommand.js';
import { FOLLOW, JSON_LINES, YES_LOSS, type YesOption } from './options.js';
import { requestJob, type JobOptions } from './request-job.js';
import {
  confirmCommand,
  dropPreviousCommand,
  isCancelled,
  jobCommand,
  rollbackCommand,
  statusCommand,
} from './rebuild.subcommands.js';

const NOTES = `
A rebuild reads the whole stream into a new generation beside the live one, compares both at one position, and puts the new
one in its place. Requests are answered meanwhile. The generation it replaced stays for "rebuild rollback", for the
projector's REBUILD_KEEP_PREVIOUS_HOURS or until "rebuild drop-previous".

One job (rebuild, roll-back or verification) runs at a time; status, cancel, pause and resume are about that one.
It does not end with its projector: the next leader continues it. --follow only watches; Ctrl-C does not stop the job.
Write the options of a subcommand after its name.

Where nothing proves the new generation to be right (the stream has changed, or differences are accepted) and the list would lose
more tokens than the projector's REBUILD_MAX_LOSS_PERCENT allows, the job waits for an operator: --follow asks on the terminal
and ends with 1 where nobody can be asked; "rebuild confirm" lets it switch, "rebuild cancel" keeps the list as it is.

Exit code 0: accepted; with --follow: done, the new generation is live. 130: Ctrl-C while following.
Environment: NATS_URL, NATS_CREDS, NATS_TLS_CA, NATS_INBOX_PREFIX, NATS_SUBJECT_PREFIX.

Examples:
  $ tokenctl rebuild --follow
  $ tokenctl rebuild --follow --accept-differences    # after a corrected projection: the new rows are meant to differ
  $ tokenctl rebuild --follow --json                  # a line of JSON for every step
  $ tokenctl rebuild --stream TOKENS_ARCHIVE --follow # where the stream no longer holds everything
  $ tokenctl rebuild --last-per-subject --follow      # where every token has a subject of its own: much less to read
  $ tokenctl rebuild --follow --yes                   # in scripts: however many tokens the list loses by it
  $ tokenctl rebuild confirm --follow
  $ tokenctl rebuild status --follow
  $ tokenctl rebuild pause
  $ tokenctl rebuild cancel --follow
  $ tokenctl rebuild rollback --follow
  $ tokenctl rebuild drop-previous --yes
`;

interface RebuildOptions {
  readonly acceptDifferences?: boolean;
  readonly stream?: string;
  readonly lastPerSubject?: boolean;
  readonly skipDiskCheck?: boolean;
}

/** Requests a rebuild of the read model from the stream, or a roll-back to the previous generation. */
export function rebuildCommand(): Command {
  const command = new Command('rebuild')
    .description('build the read model again from the stream, without an interruption')
    .enablePositionalOptions()
    .option('--accept-differences', 'switch even where the new generation differs from the live one')
    .option('--stream <name>', 'read this archive or mirror to its end first, then the stream itself')
    .option('--last-per-subject', 'read only the last message of every subject')
    .option('--skip-disk-check', 'begin without knowing that there is room')
    .option('--yes', YES_LOSS)
    .option('--follow', FOLLOW)
    .option('--json', JSON_LINES)
    .addHelpText('after', NOTES)
    .action(({ follow, json, yes: acceptLoss, ...others }: JobOptions & RebuildOptions & YesOption) => {
      const body = { ...others, acceptLoss };
      return runWithLeader('rebuild', (leader) =>
        requestJob(leader, { subject: 'rebuild', body, isExpectedEnd: hasSucceeded }, { follow, json }),
      );
    })
    .addCommand(statusCommand())
    .addCommand(confirmCommand())
    .addCommand(rollbackCommand())
    .addCommand(dropPreviousCommand())
    .addCommand(jobCommand('cancel', 'end the job; the live generation stays as it is', isCancelled))
    .addCommand(jobCommand('pause', 'pause the job'))
    .addCommand(jobCommand('resume', 'continue a paused job', hasSucceeded));
  return refuseOptionsBeforeSubcommands(command);
}

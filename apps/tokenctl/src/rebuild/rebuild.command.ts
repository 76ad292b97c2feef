import { Command } from 'commander';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withLeader, type Leader } from '../connect/leader.js';
import { readLeaderSettings } from '../connect/operator.settings.js';
import type { JobStatus } from '#read-model/job.js';
import { hasSucceeded } from '../jobs/job-status.js';
import { confirm } from '../terminal/confirm.js';
import { refuseOptionsBeforeSubcommands } from '../terminal/options-before-subcommand.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { carryOut, confirmJob, showJob, type JobOptions, type JobRequest } from './carry-out.js';

const NOTES = `
A rebuild reads the whole stream into a new generation beside the live one, compares both at one position, and puts the new
one in its place. Requests go on being answered meanwhile. The generation it replaced stays for "rebuild rollback", for the
projector's REBUILD_KEEP_PREVIOUS_HOURS or until "rebuild drop-previous".

One job (rebuild, roll-back or verification) runs at a time; status, cancel, pause and resume are about that one.
It outlives its projector: the next one to lead goes on with it. --follow only watches; Ctrl-C does not stop the job.
Options of a subcommand stand after it.

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

/** Large tables take their time. */
const DROP_WITHIN_MS = 60_000;

const FOLLOW = 'watch the job until it has ended';
const YES_LOSS = 'do not ask, however many tokens the list loses';
const JSON_LINES = 'print JSON, with --follow a line for every step';

interface YesOption {
  readonly yes?: boolean;
}

interface RebuildOptions {
  readonly acceptDifferences?: boolean;
  readonly stream?: string;
  readonly lastPerSubject?: boolean;
  readonly skipDiskCheck?: boolean;
}

/** Has the projector build the read model again from the stream, or put back what was there before. */
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
      return lead('rebuild', (leader) =>
        carryOut(leader, { subject: 'rebuild', body, isAsAsked: hasSucceeded }, { follow, json }),
      );
    })
    .addCommand(statusCommand())
    .addCommand(confirmCommand())
    .addCommand(rollbackCommand())
    .addCommand(dropPreviousCommand())
    .addCommand(jobCommand('cancel', 'end the job; the live generation stays as it is', isCancelled))
    .addCommand(jobCommand('pause', 'let the job rest'))
    .addCommand(jobCommand('resume', 'let a paused job go on', hasSucceeded));
  return refuseOptionsBeforeSubcommands(command);
}

const isCancelled = ({ state }: JobStatus) => state === 'cancelled';

function statusCommand(): Command {
  return new Command('status')
    .description('how far the job is, or how the last one ended')
    .option('--follow', `${FOLLOW}; exit code 0 only when it is done`)
    .option('--json', JSON_LINES)
    .action((options: JobOptions) => lead('rebuild status', (leader) => showJob(leader, options)));
}

function confirmCommand(): Command {
  return new Command('confirm')
    .description('let a job switch that waits because the list would lose many tokens')
    .option('--yes', 'do not ask')
    .option('--follow', FOLLOW)
    .option('--json', JSON_LINES)
    .action((options: JobOptions & YesOption) => lead('rebuild confirm', (leader) => confirmJob(leader, options)));
}

function rollbackCommand(): Command {
  return new Command('rollback')
    .description('put the previous generation back, brought up to date')
    .option('--frozen', 'also one whose stream is gone: it is served as it is, marked as stale')
    .option('--yes', YES_LOSS)
    .option('--follow', FOLLOW)
    .option('--json', JSON_LINES)
    .action(({ frozen: acceptStale, yes: acceptLoss, ...options }: JobOptions & YesOption & { frozen?: boolean }) => {
      const request = { subject: 'rebuild.rollback', body: { acceptStale, acceptLoss }, isAsAsked: hasSucceeded };
      return lead('rebuild rollback', (leader) => carryOut(leader, request, options));
    });
}

/** @param isAsAsked whether the job has ended as it should; without it there is nothing to follow */
function jobCommand(name: string, description: string, isAsAsked?: JobRequest['isAsAsked']): Command {
  const command = new Command(name).description(description).option('--json', JSON_LINES);
  if (isAsAsked) command.option('--follow', FOLLOW);
  const isEnding = isAsAsked === isCancelled;
  const request = { subject: `rebuild.${name}`, isAsAsked: isAsAsked ?? (() => true), isEnding };
  return command.action((options: JobOptions) =>
    lead(`rebuild ${name}`, (leader) => carryOut(leader, request, options)),
  );
}

function dropPreviousCommand(): Command {
  return new Command('drop-previous')
    .description('drop the generation kept for a roll-back')
    .option('--yes', 'do not ask')
    .option('--json', 'print one line of JSON')
    .action(({ yes, json }: YesOption & { readonly json?: boolean }) =>
      lead('rebuild drop-previous', async (leader) => {
        if (!yes && !(await confirm('Drop the previous generation? There is no way back then.'))) return false;
        const answer = await leader.ask<{ dropped: readonly number[] }>('rebuild.drop-previous', {}, DROP_WITHIN_MS);
        if (json) printJson(answer);
        else print(`Dropped: generation ${answer.dropped.join(', ')}`);
        return true;
      }),
    );
}

function lead(name: string, work: (leader: Leader) => Promise<boolean>): Promise<never> {
  const settings = settingsOrExit(readLeaderSettings);
  return runCommand(name, () => withLeader(settings, work));
}

import { Command } from 'commander';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withDatabase } from '../connect/database.js';
import { withLeader, type Leader } from '../connect/leader.js';
import { readLeaderSettings } from '../connect/operator.settings.js';
import { isTooLarge } from '../connect/refusal.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { addFilterOptions } from './letter-filter.js';
import { CHUNK, letterIdsArgument, openLetterIds, selectionProblem, type Selection } from './letter-ids.js';
import { outcomeText, type Refused } from './outcome-text.js';

const REPLAY_WITHIN_MS = 60_000;

const NOTES = `
Has the projector that leads apply the messages now; for use after it has been corrected. They take effect by their version like
any event, so it does not matter how late they come. One that still cannot be applied stays open. Rebuilds and roll-backs keep what
replayed letters did; one that still has its contents can be replayed again.

Exit code 0: all of them were replayed.
Environment: NATS_URL, NATS_CREDS, NATS_TLS_CA, NATS_INBOX_PREFIX, NATS_SUBJECT_PREFIX; with --all also DATABASE_URL.

Examples:
  $ tokenctl dead-letters replay 17 18
  $ tokenctl dead-letters replay --all --reason "expiresAt"
`;

interface ReplayOptions extends Selection {
  readonly json?: boolean;
}

interface Replayed {
  readonly replayed: readonly string[];
  readonly refused: readonly Refused[];
}

export function replayCommand(): Command {
  const command = new Command('replay')
    .description('apply dead letters now')
    .argument('[id...]', 'their numbers, as "list" shows them', letterIdsArgument)
    .option('--all', 'every open one; with filters, every open one that passes them');
  return addFilterOptions(command)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((ids: readonly string[], options: ReplayOptions) => {
      const problem = selectionProblem(ids, options);
      if (problem) return command.error(`error: ${problem}`);
      const { leader: settings, databaseUrl } = settingsOrExit((environment) => ({
        leader: readLeaderSettings(environment),
        databaseUrl: options.all ? readDatabaseUrl(environment) : '',
      }));
      return runCommand('dead-letters replay', async () => {
        const chosen = options.all ? await withDatabase(databaseUrl, (source) => openLetterIds(source, options)) : ids;
        return withLeader(settings, (leader) => replay(leader, chosen, options.json));
      });
    });
}

async function replay(leader: Leader, ids: readonly string[], json = false): Promise<boolean> {
  // The projector that leads answers this at once, whereas a replay may take a while.
  await leader.request('rebuild.status');
  const outcome: { replayed: string[]; refused: Refused[] } = { replayed: [], refused: [] };
  try {
    for await (const { replayed, refused } of replayedInParts(leader, ids)) {
      outcome.replayed.push(...replayed);
      outcome.refused.push(...refused);
    }
  } finally {
    // Printed even if a later chunk failed, because these letters are done.
    if (json) printJson(outcome);
    else print(outcomeText('Replayed', outcome.replayed.length, outcome.refused));
  }
  return outcome.refused.length === 0;
}

/**
 * If the numbers or the reasons of refused letters do not fit into one message, asks for fewer letters. The projector may have replayed
 * them already; another replay changes nothing.
 */
async function* replayedInParts(leader: Leader, ids: readonly string[]): AsyncGenerator<Replayed> {
  let most = CHUNK;
  for (let at = 0; at < ids.length;) {
    const part = ids.slice(at, at + most);
    try {
      yield await leader.request<Replayed>('dead-letters.replay', { ids: part }, REPLAY_WITHIN_MS);
      at += part.length;
    } catch (error) {
      if (!isTooLarge(error) || part.length === 1) throw error;
      most = Math.ceil(part.length / 2);
    }
  }
}

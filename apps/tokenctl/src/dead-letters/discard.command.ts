import { DeadLetter } from '#projection/store/dead-letter.entity.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withDatabase } from '../connect/database.js';
import { confirm } from '../terminal/confirm.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { counted } from '../terminal/spelling.js';
import { addFilterOptions } from './letter-filter.js';
import { chunksOf, letterIdsArgument, openLetterIds, selectionProblem, type Selection } from './letter-ids.js';
import { outcomeText } from './outcome-text.js';

const NOTES = `
Their messages are given up: contents and headers are removed for good. What stays is a mark (subject, sequence, reason), so that a
rebuild does not park them again. A letter that was replayed and still has its contents (for a roll-back) loses them and stays
replayed. Asks first; where nobody can be asked, --yes is needed.

Exit code 0: all of them were discarded.
Environment: DATABASE_URL.

Examples:
  $ tokenctl dead-letters discard 17 18
  $ tokenctl dead-letters discard --all --reason "not JSON" --since 2h --yes
`;

interface DiscardOptions extends Selection {
  readonly yes?: boolean;
  readonly json?: boolean;
}

export function discardCommand(): Command {
  const command = new Command('discard')
    .description('give dead letters up and remove their contents')
    .argument('[id...]', 'their numbers, as "list" shows them', letterIdsArgument)
    .option('--all', 'every open one; with filters, every open one that passes them');
  return addFilterOptions(command)
    .option('--yes', 'do not ask')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((ids: readonly string[], options: DiscardOptions) => {
      const problem = selectionProblem(ids, options);
      if (problem) return command.error(`error: ${problem}`);
      const databaseUrl = settingsOrExit(readDatabaseUrl);
      return runCommand('dead-letters discard', () =>
        withDatabase(databaseUrl, (source) => discard(source, ids, options)),
      );
    });
}

async function discard(dataSource: DataSource, ids: readonly string[], options: DiscardOptions): Promise<boolean> {
  const chosen = options.all ? await openLetterIds(dataSource, options) : ids;
  const question = `Discard ${counted(chosen.length, 'dead letter')}? Their contents are removed for good.`;
  if (chosen.length > 0 && !options.yes && !(await confirm(question))) {
    process.stderr.write('Nothing was discarded.\n');
    return false;
  }
  const discarded = new Set<string>();
  for (const chunk of chunksOf(chosen)) for (const id of await discardContents(dataSource, chunk)) discarded.add(id);
  const refused = chosen
    .filter((id) => !discarded.has(id))
    .map((id) => ({ id, reason: 'there is no dead letter with this id whose contents are still there' }));
  if (options.json) printJson({ discarded: [...discarded], refused });
  else print(outcomeText('Discarded', discarded.size, refused));
  return refused.length === 0;
}

/** @returns the ids of the letters that had contents until now */
async function discardContents(dataSource: DataSource, ids: readonly string[]): Promise<string[]> {
  const result = await dataSource
    .createQueryBuilder()
    .update(DeadLetter)
    .set({
      resolution: () => `coalesce(resolution, 'discarded')`,
      resolvedAt: () => 'coalesce(resolved_at, now())',
      payload: Buffer.alloc(0),
      headers: '[]',
    })
    .where(
      `projection = :name and id = any(cast(:ids as bigint[])) and (resolution is null or (resolution = 'replayed' and payload <> ''))`,
      {
        ids,
        name: TOKEN_PROJECTION.name,
      },
    )
    .returning('id')
    .execute();
  return (result.raw as { id: string }[]).map(({ id }) => id);
}

import { DeadLetter } from '#projection/store/dead-letter.entity.js';
import { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withDatabase } from '../connect/database.js';
import { integerFrom } from '../terminal/arguments.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { harmless } from '#service-runtime/log-texts.js';
import { count } from '../terminal/spelling.js';
import { table } from '../terminal/table.js';
import { addFilterOptions, hasFilter, lettersWhere, type LetterFilter } from './letter-filter.js';

const DEFAULT_LIMIT = 50;
const MOST = 100_000;

const NOTES = `
The latest first. --json prints { "data": [...], "count": n }, where count is the number of all that pass the filters.

Environment: DATABASE_URL.

Examples:
  $ tokenctl dead-letters list
  $ tokenctl dead-letters list --reason "not JSON" --since 2h
  $ tokenctl dead-letters list --all --limit 1000 --json
`;

interface ListOptions extends LetterFilter {
  readonly all?: boolean;
  readonly limit: number;
  readonly json?: boolean;
}

export function listCommand(): Command {
  return addFilterOptions(new Command('list').description('the open dead letters, without their contents'))
    .option('--all', 'resolved ones too')
    .option('--limit <number>', 'at most so many', integerFrom(1, MOST), DEFAULT_LIMIT)
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((options: ListOptions) => {
      const databaseUrl = settingsOrExit(readDatabaseUrl);
      return runCommand('dead-letters list', () => withDatabase(databaseUrl, (source) => list(source, options)));
    });
}

async function list(dataSource: DataSource, options: ListOptions): Promise<boolean> {
  const [letters, total] = await lettersWhere(dataSource.getRepository(DeadLetter), options, options.all)
    .select(
      ['id', 'stream', 'sequence', 'subject', 'reason', 'firstSeenAt', 'resolution', 'resolvedAt'].map(
        (name) => `letter.${name}`,
      ),
    )
    .orderBy('letter.id', 'DESC')
    .limit(options.limit)
    .getManyAndCount();
  if (options.json) printJson({ data: letters.map(asJson), count: total });
  else print(asText(letters, total, options));
  return true;
}

export function asJson({ id, stream, sequence, subject, reason, firstSeenAt, resolution, resolvedAt }: DeadLetter) {
  return { id, stream, sequence: Number(sequence), subject, reason, firstSeenAt, resolution, resolvedAt };
}

function asText(letters: readonly DeadLetter[], total: number, options: ListOptions): string {
  const kind = options.all ? 'dead letters' : 'open dead letters';
  if (total === 0) return `There are no ${kind}${hasFilter(options) ? ' that pass the filters' : ''}.`;
  // A letter of an archive may have the sequence of one of the projector's own stream.
  const areOfMany = new Set(letters.map(({ stream }) => stream)).size > 1;
  const columns = [
    { title: 'id', align: 'right' },
    ...(areOfMany ? [{ title: 'stream' }] : []),
    { title: 'sequence', align: 'right' },
    { title: 'first seen' },
    ...(options.all ? [{ title: 'resolution' }] : []),
    { title: 'subject' },
    { title: 'reason' },
  ] as const;
  const rows = letters.map(({ id, stream, sequence, firstSeenAt, resolution, subject, reason }) => [
    id,
    ...(areOfMany ? [harmless(stream)] : []),
    sequence,
    firstSeenAt.toISOString(),
    ...(options.all ? [resolution ?? 'open'] : []),
    harmless(subject),
    harmless(reason),
  ]);
  const shown =
    letters.length < total
      ? `${count(letters.length)} of ${count(total)} ${kind}; --limit shows more.`
      : `${count(total)} ${kind}.`;
  return `${table(columns, rows)}\n\n${shown}`;
}

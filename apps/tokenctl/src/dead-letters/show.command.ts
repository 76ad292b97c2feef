import { DeadLetter } from '#projection/store/dead-letter.entity.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withDatabase } from '../connect/database.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';
import { harmless } from '#service-runtime/log-texts.js';
import { counted, harmlessLines } from '../terminal/spelling.js';
import { bold, dim } from '../terminal/style.js';
import { letterIdArgument } from './letter-ids.js';
import { asJson } from './list.command.js';
import { isPersonal, mask } from './mask.js';
import { readablePayload, type ReadablePayload } from './readable-payload.js';

const NOTES = `
A payload that is JSON is shown indented, with uid and label masked. In anything else they cannot be told from the rest, so it is not
shown. --reveal masks nothing and shows every payload: JSON, else text, else hexadecimal. With --json it is
{ "kind": "json", "text" or "hex", "text": null where it is not shown }.
A letter that was discarded has no contents any more. One that was replayed keeps them as long as a roll-back may need them.

Environment: DATABASE_URL.

Examples:
  $ tokenctl dead-letters show 17
  $ tokenctl dead-letters show 17 --reveal
`;

const NOT_SHOWN = 'Not shown: uid and label cannot be told from the rest. --reveal shows it.';

interface ShowOptions {
  readonly reveal?: boolean;
  readonly json?: boolean;
}

type Headers = readonly (readonly [string, readonly string[]])[];

export function showCommand(): Command {
  return new Command('show')
    .description('one dead letter with its headers and its payload')
    .argument('<id>', 'its number, as "list" shows it', letterIdArgument)
    .option('--reveal', 'do not mask uid and label, and show what is not JSON too')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action((id: string, options: ShowOptions) => {
      const databaseUrl = settingsOrExit(readDatabaseUrl);
      return runCommand('dead-letters show', () => withDatabase(databaseUrl, (source) => show(source, id, options)));
    });
}

async function show(dataSource: DataSource, id: string, { reveal = false, json }: ShowOptions): Promise<boolean> {
  const letter = await dataSource.getRepository(DeadLetter).findOneBy({ id, projection: TOKEN_PROJECTION.name });
  if (!letter) throw new Error(`there is no dead letter ${id}; "tokenctl dead-letters list --all" shows all there are`);
  const headers = readableHeaders(letter, reveal);
  const hasContents = letter.resolution === null || letter.payload.length > 0;
  const payload = hasContents ? readablePayload(letter.payload, reveal) : null;
  if (json) printJson({ ...asJson(letter), headers, payload });
  else print(asText(letter, headers, payload));
  return true;
}

function readableHeaders(letter: DeadLetter, reveal: boolean): Headers {
  const headers = JSON.parse(letter.headers) as Headers;
  const isHidden = (name: string) => !reveal && isPersonal(name.replace(/^.*-/, ''));
  return headers.map(([name, values]) => [name, isHidden(name) ? values.map(mask) : values]);
}

function asText(letter: DeadLetter, headers: Headers, payload: ReadablePayload | null): string {
  const { id, stream, sequence, subject, reason, firstSeenAt, resolution, resolvedAt } = letter;
  const lines = [
    bold(`Dead letter ${id}`),
    `stream      ${harmless(stream)}, sequence ${sequence}`,
    `subject     ${harmless(subject)}`,
    `reason      ${harmless(reason)}`,
    `first seen  ${firstSeenAt.toISOString()}`,
  ];
  if (resolution !== null) lines.push(`${resolution.padEnd(12)}${resolvedAt?.toISOString() ?? ''}`);
  if (headers.length > 0) lines.push('', bold('Headers'));
  for (const [name, values] of headers) lines.push(...values.map((value) => harmless(`${name}: ${value}`)));
  lines.push('', `${bold('Payload')} ${dim(`(${payload ? sizeOf(letter, payload) : 'removed'})`)}`);
  if (payload) lines.push(payload.text === null ? NOT_SHOWN : harmlessLines(payload.text));
  return lines.join('\n');
}

function sizeOf({ payload }: DeadLetter, { kind }: ReadablePayload): string {
  return `${counted(payload.length, 'byte')}, ${kind === 'json' ? 'JSON' : kind === 'text' ? 'not JSON' : 'neither JSON nor UTF-8'}`;
}

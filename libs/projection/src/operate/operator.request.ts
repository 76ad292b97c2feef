import type { JobOrder } from '../job.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { PLAIN_REBUILD } from '../rebuild/plain-rebuild.js';
import type { StartOptions } from '../rebuild/begin-job.js';
import type { Confirmation } from '../rebuild/jobs.js';

const MAX_LETTERS = 1_000;
const LETTER_ID = /^[1-9]\d{0,17}$/;
const STREAM_NAME = /^[^\s.*>/\\]{1,255}$/;

/**
 * For orders whose subject says everything. A request with a body was not meant for us: it is an answer or an event.
 * @throws {ServiceError} 400 unless it is an empty object
 */
export function expectNothing(raw: unknown): void {
  read(entries(raw), []);
}

/**
 * @throws {ServiceError} 400 unless it is an object of the switches `acceptDifferences`, `acceptLoss`, `lastPerSubject` and
 * `skipDiskCheck`, and of `stream`, the name of an archive
 */
export function rebuildOrder(raw: unknown): { order: JobOrder; options: StartOptions } {
  const { stream, others } = archiveIn(raw);
  const names = ['acceptDifferences', 'acceptLoss', 'lastPerSubject', 'skipDiskCheck'] as const;
  const { skipDiskCheck, ...switches } = read(others, names);
  if (stream !== null && switches.lastPerSubject)
    throw new ServiceError(
      400,
      'lastPerSubject cannot be combined with stream: an archive holds what a compacted log forgot.',
    );
  return { order: { ...PLAIN_REBUILD, ...switches, stream }, options: { skipDiskCheck } };
}

/**
 * @throws {ServiceError} 400 unless it is an object of the switches `repair` and `skipDiskCheck`, of `stream`, the name of an archive, and,
 * with `repair`, of `removeUntold`, a number of rows
 */
export function verifyOrder(raw: unknown): { order: JobOrder; options: StartOptions } {
  const { stream, others } = archiveIn(raw);
  const removeUntold = others.find(([name]) => name === 'removeUntold')?.[1] ?? null;
  const { skipDiskCheck, repair } = read(
    others.filter(([name]) => name !== 'removeUntold'),
    ['repair', 'skipDiskCheck'],
  );
  if (!isRows(removeUntold) || (removeUntold !== null && !repair))
    throw new ServiceError(
      400,
      'removeUntold must be the number of rows that a repair left because they have no event, and needs repair.',
    );
  return { order: { ...PLAIN_REBUILD, kind: 'verify', repair, removeUntold, stream }, options: { skipDiskCheck } };
}

function isRows(value: unknown): value is number | null {
  return value === null || (Number.isSafeInteger(value) && Number(value) >= 1);
}

/** @throws {ServiceError} 400 unless it is an object of the switches `acceptDifferences`, `acceptLoss` and `acceptStale` */
export function rollbackOrder(raw: unknown): { order: JobOrder; options: StartOptions } {
  const { acceptStale, ...switches } = read(entries(raw), ['acceptDifferences', 'acceptLoss', 'acceptStale']);
  return { order: { ...PLAIN_REBUILD, kind: 'rollback', ...switches }, options: { acceptStale } };
}

/**
 * @param rows the word for the rows of the list: `tokens`
 * @throws {ServiceError} 400 unless it is `{ "generation": 2, "tokens": 1000 }`
 */
export function confirmation(raw: unknown, rows: string): Confirmation {
  const { generation, [rows]: left, ...others } = Object.fromEntries(entries(raw));
  if (!isCount(generation) || !isCount(left) || Object.keys(others).length > 0)
    throw new ServiceError(
      400,
      `Send { "generation": ..., "${rows}": ... } and nothing else: the generation that waits and the ${rows} it would leave.`,
    );
  return { generation, rows: left };
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function archiveIn(raw: unknown): { stream: string | null; others: [string, unknown][] } {
  const given = entries(raw);
  const stream = given.find(([name]) => name === 'stream')?.[1] ?? null;
  if (stream !== null && !(typeof stream === 'string' && STREAM_NAME.test(stream)))
    throw new ServiceError(400, 'stream must be the name of a stream.');
  return { stream, others: given.filter(([name]) => name !== 'stream') };
}

/** Switches, each false unless given. */
function read<Name extends string>(given: readonly [string, unknown][], names: readonly Name[]): Record<Name, boolean> {
  for (const [name, value] of given) {
    if (!(names as readonly string[]).includes(name))
      throw new ServiceError(
        400,
        `There is no option ${name.slice(0, 60)}; allowed are: ${names.join(', ') || 'none'}.`,
      );
    if (typeof value !== 'boolean') throw new ServiceError(400, `${name} must be true or false.`);
  }
  return Object.fromEntries(names.map((name) => [name, given.find(([key]) => key === name)?.[1] ?? false])) as Record<
    Name,
    boolean
  >;
}

/** @throws {ServiceError} 400 unless it is `{ "ids": ["1", ...] }` with 1 to 1,000 ids */
export function letterIds(raw: unknown): string[] {
  const [[name, ids] = [], ...others] = entries(raw);
  const isList = name === 'ids' && others.length === 0 && Array.isArray(ids);
  if (!isList || ids.length < 1 || ids.length > MAX_LETTERS || !ids.every(isLetterId))
    throw new ServiceError(
      400,
      `Send { "ids": [...] } and nothing else, with 1 to ${MAX_LETTERS} ids of dead letters.`,
    );
  return ids.map(String);
}

function isLetterId(id: unknown): id is string | number {
  return (typeof id === 'string' || typeof id === 'number') && LETTER_ID.test(String(id));
}

function entries(raw: unknown): [string, unknown][] {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    throw new ServiceError(400, 'The request must be a JSON object.');
  return Object.entries(raw);
}

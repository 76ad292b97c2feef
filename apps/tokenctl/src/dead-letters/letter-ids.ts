import { DeadLetter } from '#projection/store/dead-letter.entity.js';
import { InvalidArgumentError } from 'commander';
import type { DataSource } from 'typeorm';
import { hasFilter, lettersWhere, type LetterFilter } from './letter-filter.js';

/** As many as the projector takes in one request. */
export const CHUNK = 1_000;

/** The letters that a command is about: those named, or with `all` every open one that matches the filter. */
export interface Selection extends LetterFilter {
  readonly all?: boolean;
}

export function letterIdArgument(text: string): string {
  if (!/^[1-9]\d{0,17}$/.test(text)) throw new InvalidArgumentError('It must be the number of a dead letter.');
  return text;
}

/** For an argument `<id...>`: commander passes the ids one by one, each with those before it. */
export function letterIdsArgument(text: string, before: readonly string[] = []): string[] {
  const id = letterIdArgument(text);
  return before.includes(id) ? [...before] : [...before, id];
}

/** @returns what is wrong with the arguments; undefined if nothing is */
export function selectionProblem(ids: readonly string[], selection: Selection): string | undefined {
  if (ids.length > 0 && (selection.all || hasFilter(selection)))
    return 'give numbers of dead letters, or --all with or without filters, not both';
  if (ids.length === 0 && !selection.all) return 'give numbers of dead letters, or --all for every open one';
  return undefined;
}

/** Read once, before the first change: so the command does not touch letters that are parked later. */
export async function openLetterIds(dataSource: DataSource, filter: LetterFilter): Promise<string[]> {
  const rows = await lettersWhere(dataSource.getRepository(DeadLetter), filter)
    .select('letter.id', 'id')
    .orderBy('letter.id')
    .getRawMany<{ id: string }>();
  return rows.map(({ id }) => id);
}

export function* chunksOf(ids: readonly string[]): Generator<string[]> {
  for (let i = 0; i < ids.length; i += CHUNK) yield ids.slice(i, i + CHUNK);
}

import { type DeadLetter } from '#projection/store/dead-letter.entity.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import type { Command } from 'commander';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { sinceArgument } from '../terminal/arguments.js';

/** Selects dead letters that match all the given conditions. */
export interface LetterFilter {
  readonly reason?: string;
  readonly subject?: string;
  readonly since?: Date;
}

export function addFilterOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'whose reason contains this text, in any letter case')
    .option('--subject <text>', 'whose subject contains this text, in any letter case')
    .option('--since <time>', 'first seen since then: 2026-01-31T08:00:00Z, or 30m, 2h, 7d ago', sinceArgument);
}

export function hasFilter({ reason, subject, since }: LetterFilter): boolean {
  return reason !== undefined || subject !== undefined || since !== undefined;
}

/** A query for the letters that match; resolved ones only with `withResolved`. */
export function lettersWhere(
  letters: Repository<DeadLetter>,
  { reason, subject, since }: LetterFilter,
  withResolved = false,
): SelectQueryBuilder<DeadLetter> {
  const query = letters
    .createQueryBuilder('letter')
    .where('letter.projection = :name', { name: TOKEN_PROJECTION.name });
  if (!withResolved) query.andWhere('letter.resolution is null');
  if (reason !== undefined) query.andWhere('strpos(lower(letter.reason), lower(:reason)) > 0', { reason });
  if (subject !== undefined) query.andWhere('strpos(lower(letter.subject), lower(:subject)) > 0', { subject });
  if (since !== undefined) query.andWhere('letter.firstSeenAt >= :since', { since });
  return query;
}

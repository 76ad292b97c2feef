import { IN_FAILED_TRANSACTION, sqlState } from '#read-model/postgres-errors.js';

/**
 * Waits for statements that were sent together. When one fails PostgreSQL refuses every one behind it, and such a refusal may be
 * heard of first; what is thrown is the failure that says why.
 */
export async function together<T extends readonly Promise<unknown>[]>(
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled<unknown>(statements);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => sqlState(failure) !== IN_FAILED_TRANSACTION) ?? failures[0];
  const values = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  return values as { -readonly [K in keyof T]: Awaited<T[K]> };
}

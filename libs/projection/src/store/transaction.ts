import type { Client } from 'pg';
import { IN_FAILED_TRANSACTION, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import { mayRunOut, renewLease, type Lease } from './lease.js';

/**
 * Does work in a transaction that is rolled back when the work fails.
 * @throws what the work threw first: of statements that were sent at once, the failure that says why
 */
export async function inTransaction<T>(client: Client, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * A transaction of the leader: the lease is renewed and its row stays locked until the commit, so that nothing of it is written once
 * another projector leads.
 * @throws {LeaseLost}
 * @throws whatever the work throws; nothing has changed then
 */
export function fenced<T>(client: Client, lease: Lease, work: () => Promise<T>): Promise<T> {
  return inTransaction(client, async () => {
    await renewLease(client, lease);
    const begunAt = performance.now();
    const result = await work();
    if (mayRunOut(begunAt)) await renewLease(client, lease);
    return result;
  });
}

/**
 * Waits for statements that were sent at once. When one fails PostgreSQL refuses every one behind it, and such a refusal may be
 * heard of first; what is thrown is the failure that says why.
 */
export async function allAnswers<T extends readonly Promise<unknown>[]>(
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled<unknown>(statements);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => sqlState(failure) !== IN_FAILED_TRANSACTION) ?? failures[0];
  const values = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  return values as { -readonly [K in keyof T]: Awaited<T[K]> };
}

import type { Client } from 'pg';
import { IN_FAILED_TRANSACTION, sqlState } from '#service-runtime/postgres/postgres-errors.js';
import { mayRunOut, renewLease, type Lease } from './lease.js';

/**
 * Runs work in a transaction. If the work fails, rolls back.
 * @throws the first failure of the work: of statements that were sent together, the one that says why
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
 * Runs a transaction of the leader: it renews the lease, and the lease's row stays locked until the commit. So nothing is written once
 * another projector leads.
 * @throws {LeaseLost}
 * @throws the error of the work; nothing has changed then
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
 * Runs a transaction without waiting for earlier answers: on a distant database this saves most of the time. If it fails, rolls back.
 * @param fence rejects if this writer may not write (any more)
 * @param first sends its statements together with `begin` and the fence
 * @param rest sends the statements that need the result of the first. `begunAt`: by `performance.now()`
 * @returns the result of the first
 */
export async function pipelined<T>(
  client: Client,
  fence: (client: Client) => Promise<void>,
  first: () => Promise<T>,
  rest: (result: T, begunAt: number) => readonly Promise<unknown>[],
): Promise<T> {
  try {
    const begun = client.query('begin').then(() => performance.now());
    const [begunAt, , result] = await allAnswers([begun, fence(client), first()]);
    await allAnswers(rest(result, begunAt));
    if (mayRunOut(begunAt)) await fence(client);
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

/**
 * Waits for statements that were sent together. If one fails, PostgreSQL refuses every later one, and such a refusal may arrive first.
 * Throws the failure that says why.
 */
async function allAnswers<T extends readonly Promise<unknown>[]>(
  statements: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const outcomes = await Promise.allSettled<unknown>(statements);
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  if (failures.length > 0) throw failures.find((failure) => sqlState(failure) !== IN_FAILED_TRANSACTION) ?? failures[0];
  const values = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
  return values as { -readonly [K in keyof T]: Awaited<T[K]> };
}

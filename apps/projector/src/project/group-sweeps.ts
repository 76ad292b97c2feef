import type { Client } from 'pg';
import { generationTables } from '#read-model/generation-tables.js';
import { movePosition, type Position } from '../consume/position.js';
import { mayRunOut } from '../lead/lease.js';
import type { BatchTarget } from './batch-target.js';
import { bigints } from './binary-arrays.js';
import { foldLoaded } from './fold-loaded.js';
import { COUNT_SWEEPS, END_SWEEPS, MOVE_SWEEP, nextMembersSql, RECORD_SWEEPS } from './group-sweeps.sql.js';
import { loadKeys, PAIRS_AT_ONCE } from './load-current.js';
import { EMPTY_BATCH } from './reduce.js';
import { saveChanges } from './save-changes.js';
import { together } from './together.js';

/**
 * How many members of deleted groups a batch changes itself, and how many are changed in one transaction where there are more.
 * Measured in docs/decisions/0015: as few as keep other events waiting for a moment only, as many as make the transactions worth it.
 */
export const MEMBERS_AT_ONCE = 1_000;

/** A deleted group whose members are changed after its batch. */
export interface GroupSweep {
  readonly tokenGroupId: number;
  /** Stream sequence up to which the answers hold everything while members are missing. */
  readonly completeTo: number;
}

/** Inside the transaction that stores the deletions: from here on no answer claims to hold them before every member is changed. */
export async function recordSweeps(client: Client, generation: number, sweeps: readonly GroupSweep[]): Promise<void> {
  if (sweeps.length === 0) return;
  await client.query({
    ...RECORD_SWEEPS,
    values: [
      generation,
      bigints(sweeps.map(({ tokenGroupId }) => tokenGroupId)),
      bigints(sweeps.map(({ completeTo }) => completeTo)),
    ],
  });
}

/** How many deleted groups of a generation have members that are not changed yet. Until there are none it says less than its position. */
export async function pendingSweeps(client: Pick<Client, 'query'>, generation: number): Promise<number> {
  const { rows } = await client.query<{ sweeps: string }>({ ...COUNT_SWEEPS, values: [generation] });
  return Number(rows[0]!.sweeps);
}

/**
 * Folds the next members of deleted groups anew, in a transaction of its own between two batches. The fold says the same however
 * often it is done: a writer that dies costs no more than this part.
 * @returns whether there may be fewer groups to sweep now
 * @throws what {@link applyBatch} throws
 */
export async function sweepMembers(target: BatchTarget, most: number): Promise<boolean> {
  const { client, position, fence, pairsAtOnce = PAIRS_AT_ONCE } = target;
  const tables = generationTables(position.generation);
  try {
    const begunAt = performance.now();
    const [, , next] = await together([client.query('begin'), fence(client), nextMembers(client, position, most)]);
    const members = new Set(next.tokens);
    const current = await loadKeys(client, tables, EMPTY_BATCH, members, pairsAtOnce);
    const changes = await foldLoaded(client, tables, EMPTY_BATCH, { current, members }, pairsAtOnce);
    await together([
      saveChanges(client, tables, changes),
      advance(client, position.generation, next),
      movePosition(client, position, position, null),
    ]);
    if (mayRunOut(begunAt)) await fence(client);
    await client.query('commit');
    return next.ended.length > 0 || next.begun === undefined;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

interface NextMembers {
  readonly tokens: number[];
  /** Groups that have no more members. */
  readonly ended: number[];
  /** The one that has. */
  readonly begun: { readonly tokenGroupId: number; readonly lastToken: number; readonly members: number } | undefined;
}

async function nextMembers(client: Client, { generation }: Position, most: number): Promise<NextMembers> {
  const { rows } = await client.query<[groupId: string, tokenId: string | null]>({
    ...nextMembersSql(generationTables(generation)),
    values: [generation, most],
    rowMode: 'array',
  });
  const pairs = rows.map(([group, token]) => [Number(group), token === null ? null : Number(token)] as const);
  const tokens = [...new Set(pairs.flatMap(([, token]) => (token === null ? [] : [token])))];
  const [lastGroup, lastToken] = pairs.at(-1) ?? [];
  const hasMore = pairs.length === most && lastToken !== null && lastGroup !== undefined;
  const groups = new Set(pairs.map(([group]) => group));
  if (!hasMore) return { tokens, ended: [...groups], begun: undefined };
  groups.delete(lastGroup);
  const members = pairs.filter(([group]) => group === lastGroup).length;
  return { tokens, ended: [...groups], begun: { tokenGroupId: lastGroup, lastToken: lastToken!, members } };
}

async function advance(client: Client, generation: number, { ended, begun }: NextMembers): Promise<void> {
  const writes: Promise<unknown>[] = [];
  if (ended.length > 0) writes.push(client.query({ ...END_SWEEPS, values: [generation, bigints(ended)] }));
  if (begun) {
    const { tokenGroupId, lastToken, members } = begun;
    writes.push(client.query({ ...MOVE_SWEEP, values: [generation, tokenGroupId, lastToken, members] }));
  }
  await Promise.all(writes);
}

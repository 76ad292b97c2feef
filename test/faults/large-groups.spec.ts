import { setTimeout as sleep } from 'node:timers/promises';
import { keepForFile } from '../support/at-end.js';
import { httpList } from '../support/clients.js';
import { aGroupDeletion, aMembershipEvent, aTokenEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { letLeaseRunOut } from './lease.js';

const MEMBERS = 8_000;
const PER_EVENT = 1_000;
const LONE = MEMBERS + 1;
/** A fraction of the time that its members take. */
const AGAIN_EVERY_MS = 100;
/** Each group of its own test. */
const [WATCHED, KILLED, AGAIN] = [1, 2, 3] as const;

interface Sweep {
  readonly done: number;
}

/** Groups with far more members than one transaction should change. */
describe('a large group', () => {
  let system: System;
  let projector: System['projector'];

  beforeAll(async () => {
    system = await startSystem();
    projector = system.projector;
    const tokens = Array.from({ length: LONE }, (_, index) => aTokenEvent('token.created', { id: index + 1 }));
    await reached(await publish(system.stream, tokens));
    await projector.stop();
    const last = await publish(system.stream, [...fill(WATCHED), ...fill(KILLED), ...fill(AGAIN)]);
    projector = await startProjector(system.env);
    await reached(last);
  }, 120_000);

  function reached(sequence: number): Promise<true> {
    return eventually(
      `the answers to claim ${sequence}`,
      async () => {
        const { headers } = await httpList(system.query.url, { limit: 1 });
        return Number(headers.get('x-read-position')) >= sequence;
      },
      { within: 60_000, every: 50, details: () => projector.output },
    );
  }

  function fill(tokenGroupId: number) {
    return Array.from({ length: MEMBERS / PER_EVENT }, (_, index) => {
      const tokenIds = Array.from({ length: PER_EVENT }, (__, nth) => index * PER_EVENT + nth + 1);
      return aMembershipEvent('token-group.tokens-added', { tokenGroupId, version: index + 1, tokenIds });
    });
  }

  function deleted(tokenGroupId: number): Promise<number> {
    return publish(system.stream, aGroupDeletion({ tokenGroupId, version: 1_000 }));
  }

  async function sweepOf(group: number): Promise<Sweep | undefined> {
    const [row] = await system.database.query<{ done: string }>(
      'select rows_done as done from deferred_work where item = $1',
      [group],
    );
    return row && { done: Number(row.done) };
  }

  test('is filled in batches of a few thousand tokens, however few events that are', async () => {
    const metrics = await projector.metrics();
    const batches = metrics.get('projector_batch_size_count')!;
    expect(batches).toBeGreaterThanOrEqual((2 * MEMBERS) / 5_000);
    expect(metrics.get('projector_batch_size_bucket{le="5"}')).toBe(batches);
  });

  test('is deleted while other events go on, and no answer claims the deletion while a member shows the group', async () => {
    const deletion = await deleted(WATCHED);
    let seenMeanwhile = 0;
    for (let version = 2, position = 0; position < deletion; version += 1) {
      await publish(system.stream, aTokenEvent('token.updated', { id: LONE, version, comment: `v${version}` }));
      await eventually('a lone event to be seen', async () => {
        // The last token of the first page of this order is the member that is swept last.
        const answer = await httpList(system.query.url, { sortBy: 'id', limit: 2 });
        position = Number(answer.headers.get('x-read-position'));
        const [lone, member] = answer.json<{ data: { comment: string | null; tokenGroupIds: number[] }[] }>().data;
        if (position >= deletion) expect(member!.tokenGroupIds).toEqual([KILLED, AGAIN]);
        else if (lone!.comment === `v${version}`) seenMeanwhile += 1;
        return lone!.comment === `v${version}`;
      });
    }
    expect(seenMeanwhile).toBeGreaterThan(1);
    expect((await projector.metrics()).get('projector_deferred_work')).toBe(0);
  }, 60_000);

  test('goes on where it was when the projector is killed in the middle', async () => {
    const deletion = await deleted(KILLED);
    const before = await eventually(
      'some members to be done',
      async () => {
        const sweep = await sweepOf(KILLED);
        return sweep && sweep.done > 0 && sweep;
      },
      { every: 5 },
    );
    projector.kill('SIGKILL');
    await projector.exited;
    const left = await sweepOf(KILLED);
    expect(left?.done).toBeGreaterThanOrEqual(before.done);
    const answer = await httpList(system.query.url, { limit: 1 });
    expect(Number(answer.headers.get('x-read-position'))).toBe(deletion - 1);
    await letLeaseRunOut(system.database);
    projector = await startProjector(system.env);
    keepForFile();
    await reached(deletion);
    const rows = await system.database.query(
      `select id from token_1 where id <> ${LONE} and document not like '%"tokenGroupIds":[${AGAIN}]}' limit 5`,
    );
    expect(rows).toEqual([]);
  }, 60_000);

  test('that is deleted again and again does not keep the position where it is', async () => {
    const deletedAgain = (version: number) => publish(system.stream, aGroupDeletion({ tokenGroupId: AGAIN, version }));
    const first = await deletedAgain(2_000);
    let isOver = false;
    let last = first;
    const deletions = (async () => {
      for (let version = 2_001; !isOver; version += 1) {
        await sleep(AGAIN_EVERY_MS);
        last = await deletedAgain(version);
      }
    })();
    await reached(first).finally(() => (isOver = true));
    await deletions;
    await reached(last);
    expect(last).toBeGreaterThan(first);
    const members = await httpList(system.query.url, { tokenGroupId: AGAIN, limit: 1 });
    expect(members.json<{ count: number }>().count).toBe(0);
  }, 120_000);

  test('is in a rebuilt read model what it is in the live one', async () => {
    const status = await new Rebuilds(system).carryOut();
    expect(status).toMatchObject({ state: 'done', differences: 0 });
    expect(await system.database.query('select * from deferred_work')).toEqual([]);
  }, 60_000);
});

import { jetstreamManager } from '@nats-io/jetstream';
import { holdLocks } from '../faults/hold-locks.js';
import { isLockAwaited } from '../support/awaited-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, waitForPosition, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { Rebuilds } from './rebuilds.js';

const READ = 'select 1 from token_1';
const TAKE = `update generation set job = '{"kind": "rollback", "phase": "filling"}' where number = 1`;

/** Generation 1 is over its time, a job has left generation 9, and an end of a job is older than the last one of its kind. */
const OLD = `
  update generation set retired_at = now() - interval '1 year' where number = 1;
  insert into generation (projection, number, state, schema_version) select projection, 9, 'building', schema_version from generation where number = 1;
  insert into finished_job (projection, status, finished_at) select projection, status || '{"old": true}', now() - interval '1 year' from finished_job;
  insert into finished_job (projection, status) select projection, status - 'old' from finished_job;
`;

describe('the previous generation, asked to be dropped,', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
    await rebuilds.carryOut();
  });

  const ask = (subject: string, body = {}) =>
    natsRequest(system.stream.nats, `${system.stream.prefix}.${subject}`, body);
  const waits = (which: string) =>
    eventually('a lock to be waited for', () => isLockAwaited(system.database, which), { every: 5 });
  const inWords = ({ status, body }: Reply) => `${status} ${body}`;

  /** @returns the answers to a drop that a reader holds up, and to a roll-back that is asked meanwhile */
  async function dropAndGoBack(body = {}): Promise<[string, string]> {
    const letGo = await holdLocks(system.database, READ);
    const drop = ask('rebuild.drop-previous');
    await waits(`relation = 'token_1'::regclass`);
    const back = ask('rebuild.rollback', body);
    await waits(`(locktype = 'transactionid' or mode = 'AccessShareLock')`);
    await letGo();
    return [inWords(await drop), inWords(await back)];
  }

  test('is refused to a roll-back that is asked before it is gone', async () => {
    expect(await dropAndGoBack()).toEqual([
      '200 {"dropped":[1]}',
      expect.stringMatching(/^409 .*There is no previous generation/),
    ]);
    expect(await rebuilds.status()).toMatchObject({ kind: 'rebuild', state: 'done' });
  });

  test('is refused to a roll-back that would put it back as it is, too', async () => {
    const { streams } = await jetstreamManager(system.stream.nats);
    await streams.delete(system.stream.name);
    await eventually('the projector to halt', async () =>
      (await httpList(system.query.url)).headers.get('x-read-stale'),
    );
    expect(await dropAndGoBack({ acceptStale: true })).toEqual([
      '200 {"dropped":[1]}',
      expect.stringMatching(/^409 .*There is no previous generation/),
    ]);
  });

  test('is not said to be dropped once a job has taken it', async () => {
    const answer = await withClient(system.database.url, async (client) => {
      await client.query('begin');
      await client.query(TAKE);
      const drop = ask('rebuild.drop-previous');
      await waits(`locktype = 'transactionid'`);
      await client.query('commit');
      return drop;
    });
    expect(inWords(answer)).toMatch(/^409 .*There is no previous generation that could be dropped/);
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
  });

  test('stays while a reader holds its tables: the answer says so, and that it can be asked again', async () => {
    const letGo = await holdLocks(system.database, READ);
    expect(inWords(await ask('rebuild.drop-previous'))).toMatch(
      /^503 .*Generation 1 is not dropped: .* in use, .*Try again/,
    );
    await letGo();
    expect(await rebuilds.ask('rebuild.drop-previous')).toEqual({ dropped: [1] });
  });

  test('keeps nothing else that is old when a forgotten session holds it after its time', async () => {
    await holdLocks(system.database, READ);
    await system.database.query(OLD);
    const left = () =>
      system.database.query(
        `select number from generation union all select id from finished_job where status ->> 'old' = 'true' order by 1`,
      );
    await eventually('the other generation and the old end to be gone', async () => (await left()).length === 2, {
      within: 20_000,
    });
    expect(await rebuilds.generations()).toEqual({ 1: 'previous', 2: 'live' });
  });
});

import type { JobStatus } from '#projection/job.js';
import { createInbox } from '@nats-io/transport-node';
import { batchWaitsForLock, holdLocks, STALL_BATCHES } from '../faults/hold-locks.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { metric } from '../faults/health.js';
import { aTokenEvent } from '../support/builders.js';
import { natsRequest, waitForPosition, type Reply } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish } from '../support/publish.js';
import { startProjector } from '../support/processes.js';
import { suiteEnvironment } from '../support/suite-environment.js';
import { startSystem, type System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import { holdGeneration } from '../tokenctl/held-generation.js';
import { Rebuilds } from './rebuilds.js';

/** With what they need to be carried out at once. */
const ORDERS: readonly (readonly [subject: string, body: object])[] = [
  ['rebuild.rollback', { acceptLoss: true }],
  ['rebuild.drop-previous', {}],
  ['rebuild', {}],
  ['verify', {}],
  ['dead-letters.replay', { ids: ['1'] }],
];

describe('an order of an operator', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem({ DATABASE_MAX_BYTES: 'unlimited' });
    rebuilds = new Rebuilds(system);
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created')));
  });

  const ask = ([subject, body]: readonly [string, object]) =>
    natsRequest(system.stream.nats, `${system.stream.prefix}.${subject}`, body);
  const ends = () => system.database.query(`select status ->> 'kind' as kind from finished_job order by id`);

  test('that a long batch kept from its beginning is refused in time, and is not carried out later', async () => {
    await rebuilds.carryOut();
    const release = await holdLocks(system.database, STALL_BATCHES.replace('token_1', 'token_2'));
    await publish(system.stream, aTokenEvent('token.created'));
    await batchWaitsForLock(system.database);
    const replies: Reply[] = [];
    const asked = ORDERS.map((order) => ask(order).then((reply) => replies.push(reply)));
    const isInTime = await eventually('answers', () => replies.length === ORDERS.length, { within: 4_000 }).catch(
      () => false,
    );
    await release();
    await Promise.all(asked);
    // It begins after any of them that begins late.
    await rebuilds.carryOut({}, 'verify');
    expect({ generations: await rebuilds.generations(), ends: await ends() }).toEqual({
      generations: { 1: 'previous', 2: 'live' },
      ends: [{ kind: 'rebuild' }, { kind: 'verify' }],
    });
    for (const { status, body } of replies) expect(`${status} ${body}`).toMatch(/^503 .*nothing was begun/);
    expect(isInTime).toBe(true);
  });

  test('that its checks keep from its beginning is refused in time, and is not carried out later', async () => {
    await system.projector.stop();
    await startProjector({ ...system.env, DATABASE_MAX_BYTES: '100000000000' });
    // A session that measures the table waits, and the stream brings nothing.
    const release = await holdLocks(system.database, 'lock table token_1 in access exclusive mode');
    const replies: Reply[] = [];
    const asked = ask(['rebuild', {}]).then((reply) => replies.push(reply));
    const isInTime = await eventually('an answer', () => replies.length > 0, { within: 4_000 }).catch(() => false);
    await release();
    await asked;
    // It begins after the rebuild if that begins late.
    await eventually('a verification', () => rebuilds.carryOut({}, 'verify'), { within: 30_000 });
    expect({ isInTime, ends: await ends() }).toEqual({ isInTime: true, ends: [{ kind: 'verify' }] });
    expect(`${replies[0]!.status} ${replies[0]!.body}`).toMatch(/^503 .*nothing was begun/);
  });

  test('to cancel reaches a job although the leader is in a long batch', async () => {
    await rebuilds.begin();
    const { number, release: letGo } = await holdGeneration(system.database);
    const release = await holdLocks(system.database, STALL_BATCHES);
    await publish(system.stream, aTokenEvent('token.created'));
    await batchWaitsForLock(system.database);
    expect(await rebuilds.ask('rebuild.cancel')).toMatchObject({ generation: number });
    await Promise.all([release(), letGo()]);
    expect(await rebuilds.ended(number)).toMatchObject({ state: 'cancelled' });
  });

  test.each(['cancel', 'pause'])(
    'to %s that a frozen leader had not read is not for the job of its successor',
    async (order) => {
      const successor = await startProjector(system.env);
      system.projector.kill('SIGSTOP');
      await letLeaseRunOut(system.database);
      await eventually('the successor to lead', async () => (await metric(successor, 'projector_leader')) === 1);
      const { nats, prefix } = system.stream;
      const codes: (string | undefined)[] = [];
      const inbox = createInbox();
      nats.subscribe(inbox, { callback: (_, { headers }) => void codes.push(headers?.get('Nats-Service-Error-Code')) });
      nats.publish(`${prefix}.rebuild.${order}`, '', { reply: inbox });
      await eventually('the successor to say that there is no job', () => codes[0] === '409');
      const holding = holdGeneration(system.database);
      await rebuilds.begin();
      const { number, release } = await holding;
      system.projector.kill('SIGCONT');
      await eventually('the former leader to answer', () => codes.length === 2);
      expect(codes[1]).toBe('503');
      const job = await system.database.query(
        `select job ->> 'requested' as requested from generation where job is not null`,
      );
      expect(job).toEqual([{ requested: 'run' }]);
      await release();
      expect(await rebuilds.ended(number)).toMatchObject<Partial<JobStatus>>({ state: 'done' });
    },
  );

  describe('that reaches a former leader too', () => {
    /** The first projector is frozen, and has no answer to a request yet. */
    async function isSucceeded(): Promise<void> {
      const successor = await startProjector(system.env);
      system.projector.kill('SIGSTOP');
      await letLeaseRunOut(system.database);
      await eventually('the successor to lead', async () => (await metric(successor, 'projector_leader')) === 1);
    }

    test('is answered by the projector that leads, although that one is slower', async () => {
      await isSucceeded();
      const release = await holdLocks(system.database, STALL_BATCHES);
      await publish(system.stream, aTokenEvent('token.created'));
      await batchWaitsForLock(system.database);
      const reply = ask(['rebuild', {}]);
      system.projector.kill('SIGCONT');
      await eventually(
        'the former leader to know it',
        async () => (await metric(system.projector, 'projector_leader')) === 0,
      );
      await release();
      expect(await reply).toMatchObject({ status: 200 });
    });

    test('is not refused by that one for what the projector that leads has done', async () => {
      await isSucceeded();
      const { nats, prefix } = system.stream;
      const replies: string[] = [];
      const inbox = createInbox();
      nats.subscribe(inbox, {
        callback: (_, message) => void replies.push(message.headers?.get('Nats-Service-Error') || 'carried out'),
      });
      const holding = holdGeneration(system.database);
      nats.publish(`${prefix}.rebuild`, '', { reply: inbox });
      await eventually('the order to be carried out', () => replies.length === 1);
      const { number, release } = await holding;
      system.projector.kill('SIGCONT');
      await eventually('the former leader to answer', () => replies.length === 2);
      await release();
      expect(replies).toEqual(['carried out', expect.stringMatching(/no longer leads.* may have carried it out/)]);
      expect(await rebuilds.ended(number)).toMatchObject<Partial<JobStatus>>({ state: 'done' });
    });
  });

  test('is a 503 while the database gives no connection', async () => {
    const { name } = system.database;
    const { databaseServer } = suiteEnvironment();
    const run = (sql: string) => withClient(databaseServer, (client) => client.query(sql));
    await run(`alter database "${name}" allow_connections false`);
    await run(`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = '${name}' and application_name = 'token-projector-watch'`);
    const replies = [];
    for (const subject of ['rebuild.status', 'rebuild.cancel', 'rebuild']) replies.push(await ask([subject, {}]));
    await run(`alter database "${name}" allow_connections true`);
    expect(replies.map(({ status, body }) => `${status} ${(JSON.parse(body) as { message: string }).message}`)).toEqual(
      [
        expect.stringMatching(/^503 The database is not reachable/),
        expect.stringMatching(/^503 The database is not reachable/),
        expect.stringMatching(/^503 The database is not reachable/),
      ],
    );
  });
});

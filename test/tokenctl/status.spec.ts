import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { holdLocks } from '../faults/hold-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Operator } from './operator.js';

const NOBODY = '127.0.0.1:1';

interface Status {
  readonly stream: { readonly name: string; readonly lastSequence: number; readonly bytes: number } | null;
  readonly readModel: { readonly position: number; readonly lagEvents: number; readonly lagSeconds: number } | null;
  readonly generations: readonly object[] | null;
  readonly problems: readonly { readonly what: string; readonly message: string }[];
}

describe('tokenctl status', () => {
  let system: System;
  let operator: Operator;

  beforeAll(async () => {
    system = await startSystem();
    operator = new Operator(system.env);
    await publish(system.stream, [aTokenEvent('token.created'), aTokenEvent('token.created')]);
    await waitForPosition(system.query.url, await publishRaw(system.stream, 'no event'));
  });

  test('tells programs everything about stream, read model, leader, generations, dead letters and sizes', async () => {
    const status = await operator.json<Status>(0, 'status');
    expect(status).toMatchObject({
      stream: { name: system.stream.name, firstSequence: 1, lastSequence: 3, messages: 3 },
      readModel: { generation: 1, position: 3, lagEvents: 0, staleBecause: null },
      leader: { epoch: 1 },
      job: null,
      generations: [
        { number: 1, state: 'live', position: 3, schemaVersion: SCHEMA_VERSION, stream: system.stream.name, job: null },
      ],
      strayTables: [],
      deadLetters: { open: 1 },
      problems: [],
    });
    expect(status.readModel!.lagSeconds).toBeLessThan(10);
    expect(status).toHaveProperty('leader.holder', expect.stringContaining(`/${system.projector.pid}/`));
    expect(status).toHaveProperty('leader.expiresInSeconds', expect.any(Number));
    for (const size of ['stream.bytes', 'databaseBytes', 'generations[0].bytes'])
      expect(status).toHaveProperty(size, expect.any(Number));
    expect(status).not.toHaveProperty('generations[0].bytes', 0);
  });

  test('shows people the same as a plain screen where there is no terminal', async () => {
    const { stdout } = await operator.run(0, 'status');
    expect(stdout).toMatch(/^Stream\n {2}name +TEST_/);
    expect(stdout).toMatch(/sequences +1 to 3\n/);
    expect(stdout).toMatch(/Read model\n {2}generation +1\n {2}position +3\n {2}lag +0 events, held everything/);
    expect(stdout).toMatch(/Leader\n {2}holder +\S+\n {2}epoch +1\n {2}lease +held for another/);
    expect(stdout).toMatch(/number +state +position +size +schema +created/);
    expect(stdout).toMatch(/Dead letters\n {2}1 open, the oldest since 20/);
    expect(stdout).not.toMatch(/\x1b/);
  });

  test('claims no time at which a read model held everything before there was one', async () => {
    const fresh = new Operator({ ...system.env, ...(await createDatabase()).env });
    expect((await fresh.json<Status>(0, 'status')).readModel).toMatchObject({ lagEvents: 3, lagSeconds: null });
    expect((await fresh.run(0, 'status')).stdout).toMatch(/lag +3 events, never caught up yet/);
  });

  test('names tables that belong to no generation', async () => {
    await system.database.query('create table token_count_77 (id bigint)');
    expect(await operator.json(0, 'status')).toMatchObject({ strayTables: [{ name: 'token_count_77' }] });
    const { stdout } = await operator.run(0, 'status');
    expect(stdout).toMatch(/tables of no generation .*: token_count_77\n +no app reads them; drop those/);
    await system.database.query('drop table token_count_77');
  });

  test('does not measure a lag against a stream that is not the one of the position', async () => {
    const foreign = new Operator({ ...system.env, NATS_STREAM: `${system.stream.name}_OTHER` });
    const status = await foreign.json<Status>(1, 'status');
    expect(status).toMatchObject({ stream: null, readModel: { position: 3, lagEvents: null } });
    expect(status.problems).toEqual([
      { what: 'nats', message: expect.stringContaining('_OTHER; is NATS_STREAM right?') as string },
    ]);
  });

  test('says that NATS is away and tells what the database knows', async () => {
    const away = new Operator({ ...system.env, NATS_URL: `nats://${NOBODY}` });
    const startedAt = performance.now();
    const status = await away.json<Status>(1, 'status');
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    expect(status).toMatchObject({
      stream: null,
      readModel: { position: 3, lagEvents: null },
      deadLetters: { open: 1 },
    });
    expect(status.problems).toEqual([{ what: 'nats', message: expect.stringContaining(NOBODY) as string }]);
  });

  test('says that the database is away and tells what NATS knows, and never a password', async () => {
    const away = new Operator({ ...system.env, DATABASE_URL: `postgres://u:secret@${NOBODY}/tokens` });
    const status = await away.json<Status>(1, 'status');
    expect(status).toMatchObject({
      stream: { lastSequence: 3 },
      readModel: null,
      generations: null,
      deadLetters: null,
    });
    expect(status.problems).toEqual([
      { what: 'database', message: expect.stringContaining(`tokens at ${NOBODY}`) as string },
    ]);
    const { output } = await away.run(1, 'status');
    expect(output).toMatch(/Problems\n {2}database: .*DATABASE_URL/);
    expect(output).not.toContain('secret');
  });

  test('tells everything but the sizes while somebody has locked a table', async () => {
    const release = await holdLocks(system.database, 'lock table token_1 in access exclusive mode');
    const [status, { stdout }] = await Promise.all([operator.json<Status>(1, 'status'), operator.run(1, 'status')]);
    await release();
    expect(status).toMatchObject({
      readModel: { position: 3 },
      leader: { epoch: 1 },
      generations: [{ number: 1, bytes: null }],
      strayTables: null,
      deadLetters: { open: 1 },
      databaseBytes: null,
    });
    const message = expect.stringMatching(/sizes are not known.*locked/) as string;
    expect(status.problems).toEqual([{ what: 'database', message }]);
    expect(stdout).toMatch(/lease +held for another/);
    expect(stdout).toMatch(/size +schema +created.*\n +1 +live +3 +not known/);
  });

  test('calls a statement that takes too long by its name', async () => {
    const release = await holdLocks(system.database, 'lock table dead_letter in access exclusive mode');
    const { problems } = await operator.json<Status>(1, 'status');
    await release();
    const message = expect.stringMatching(/has not answered a statement within 5 seconds/) as string;
    expect(problems).toEqual([{ what: 'database', message }]);
    expect(JSON.stringify(problems)).not.toContain('reachable');
  });

  test('says that the projector does not answer, and does not send its reader to itself', async () => {
    system.projector.kill('SIGSTOP');
    const status = await operator.json<Status>(0, 'status');
    system.projector.kill('SIGCONT');
    const subject = `${system.stream.prefix}.rebuild.status`;
    const message = `no projector that leads has answered on ${subject} within 2 seconds`;
    expect(status.problems).toEqual([{ what: 'projector', message }]);
  });

  test('--watch looks again and again', async () => {
    const watching = operator.start('status', '--watch', '1', '--json');
    await watching.writes(/^(.*\n){2}/);
    watching.signal('SIGINT');
    await watching.exited;
    const [first, second] = watching.output.split('\n').map((line) => (line && JSON.parse(line)) as { at: string });
    expect(Date.parse(second!.at) - Date.parse(first!.at)).toBeGreaterThan(900);
  });

  test('says that no projector leads once there is none', async () => {
    await system.projector.stop();
    const status = await operator.json<Status>(0, 'status');
    expect(status).toMatchObject({ leader: { epoch: 1, expiresInSeconds: null }, job: null });
    expect(status.problems).toEqual([
      { what: 'projector', message: expect.stringContaining('is one running') as string },
    ]);
    expect((await operator.run(0, 'status')).stdout).toContain('no projector leads');
  });

  test('says that a projector leads whose batch takes longer than the lease', async () => {
    const renew = (seconds: number) =>
      `update projector_lease set expires_at = clock_timestamp() + interval '${seconds} s'`;
    // It would renew the lease at once.
    await system.projector.stop();
    await system.database.query(renew(-1));
    const release = await holdLocks(system.database, renew(5), 'token-projector');
    expect(await operator.json(0, 'status')).toHaveProperty('leader.isInBatch', true);
    const { stdout } = await operator.run(0, 'status');
    expect(stdout).toMatch(/lease +ran out .* ago, but the projector is in a long batch/);
    expect(stdout).not.toContain('no projector leads');
    await release();
    expect(await operator.json(0, 'status')).toHaveProperty('leader.isInBatch', false);
    expect((await operator.run(0, 'status')).stdout).toMatch(/ran out .* ago: no projector leads\n/);
  });

  test('names a session that keeps the lease from all projectors, and takes it for no batch', async () => {
    await system.projector.stop();
    const release = await holdLocks(system.database, 'select from projector_lease for share', 'psql');
    const { leader } = await operator.json<{ leader: object }>(0, 'status');
    const { stdout } = await operator.run(0, 'status');
    await release();
    expect(leader).toMatchObject({
      isInBatch: false,
      lockedBy: { process: expect.any(Number) as number, application: 'psql' },
    });
    expect(stdout).toMatch(/no projector leads, and none can: the session with pid \d+ \(psql\) in pg_stat_activity/);
  });
});

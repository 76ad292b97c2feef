import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdLocks, STALL_BATCHES } from '../faults/hold-locks.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, natsRequest, type Reply } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startWorld, type World } from './world.js';

interface Failure {
  readonly message: string;
}

describe('a caller that names the position it wants', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 1 })]);
  });

  const overHttp = (path: string, position: string) =>
    httpRequest(`${world.query.url}/v2/tokens${path}`, { headers: { 'x-min-position': position } });
  const overNats = (pattern: string, body: object, position: string) =>
    natsRequest(world.stream.nats, `${world.stream.prefix}.${pattern}`, body, { 'X-Min-Position': position });
  const onBothDoors = (position: string): Promise<[Reply, Reply]> =>
    Promise.all([overHttp('?limit=1', position), overNats('list', { limit: 1 }, position)]);
  const messageOf = (reply: Reply) => reply.json<Failure>().message;

  test('reads its own writes, as a list and as one token, on both doors, however the writes fall', async () => {
    let id = 1;
    const write = fc.asyncProperty(fc.constantFrom('http', 'nats'), fc.boolean(), async (door, isList) => {
      const token = (id += 1);
      const position = String(await publish(world.stream, aTokenEvent('token.created', { id: token })));
      const list = () =>
        door === 'http'
          ? overHttp('?limit=1&sortBy=id', position)
          : overNats('list', { limit: 1, sortBy: 'id' }, position);
      const get = () => (door === 'http' ? overHttp(`/${token}`, position) : overNats('get', { id: token }, position));
      const reply = await (isList ? list() : get());
      expect(reply.status).toBe(200);
      expect(reply.body).toContain(`"id":${token},`);
      expect(Number(reply.headers.get('x-read-position'))).toBeGreaterThanOrEqual(Number(position));
    });
    await fc.assert(write, { numRuns: 40 });
  });

  test('waits while the projector is behind, and is answered once it is not', async () => {
    const release = await holdLocks(world.database, STALL_BATCHES);
    const position = await publish(world.stream, aTokenEvent('token.created', { id: 1_000 }));
    let answered = 0;
    const waiting = onBothDoors(String(position)).finally(() => (answered += 1));
    // Long enough for both to be answered, if they did not wait.
    for (let i = 0; i < 20; i += 1) {
      const behind = await httpList(world.query.url, { limit: 1 });
      expect(Number(behind.headers.get('x-read-position'))).toBeLessThan(position);
    }
    expect(answered).toBe(0);
    await release();
    for (const reply of await waiting) {
      expect(reply.status).toBe(200);
      expect(reply.body).toContain('"id":1000,');
    }
  });

  test('is told after two seconds how far the read model is, and to try again', async () => {
    const release = await holdLocks(world.database, STALL_BATCHES);
    try {
      const before = (await httpList(world.query.url, { limit: 1 })).headers.get('x-read-position');
      const position = await publish(world.stream, aTokenEvent('token.created', { id: 1_001 }));
      const asked = onBothDoors(String(position));
      await expect(asked).resolves.toHaveLength(2);
      for (const reply of await asked) {
        expect(reply.status).toBe(503);
        expect(reply.headers.get('x-read-position')).toBe(before);
        expect(messageOf(reply)).toBe(
          `The read model is at position ${before}, not at ${position} yet; try again in 2 seconds.`,
        );
      }
    } finally {
      await release();
    }
  });

  test('is told after two seconds also while the database answers nothing', async () => {
    const release = await holdLocks(world.database, 'lock table generation in access exclusive mode');
    try {
      const since = performance.now();
      for (const reply of await onBothDoors('1')) expect(reply.status).toBe(503);
      // A statement would end after three.
      expect(performance.now() - since).toBeLessThan(2_900);
    } finally {
      await release();
    }
  });

  test('is not told that the stream ends while the database keeps it from knowing', async () => {
    const { database, projector, stream } = world;
    projector.kill('SIGSTOP');
    const position = await publish(stream, aTokenEvent('token.created', { id: 1_002 }));
    const asked = overHttp('/1002', String(position));
    // By then the state was read, and it is all that is known at the end.
    await sleep(40);
    const release = await holdLocks(database, 'lock table generation in access exclusive mode');
    const reply = await asked;
    await release();
    projector.kill('SIGCONT');
    expect([reply.status, messageOf(reply)]).toEqual([503, expect.stringMatching(/ yet; try again in 2 seconds\.$/)]);
  });

  test('is told when the position is beyond the end of the stream', async () => {
    for (const reply of await onBothDoors('4711000')) {
      expect(reply.status).toBe(503);
      expect(messageOf(reply)).toMatch(/4711000 is beyond its end, or the sequence of another stream\.$/);
    }
  });

  test.each(['', 'latest', '-1', '1.5', '1e3', '0x10', '9223372036854775808', '1, 2'])(
    'is refused %p, which is no sequence',
    async (position) => {
      for (const reply of await onBothDoors(position)) {
        expect(reply.status).toBe(400);
        expect(messageOf(reply)).toMatch(/^X-Min-Position must be the sequence of a message, found /);
      }
    },
  );

  test('needs none: zero is always reached', async () => {
    for (const reply of await onBothDoors('0')) expect(reply.status).toBe(200);
  });
});

import { startWorld, type World } from '../query/world.js';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { TOKENS } from './tokens.js';

interface Endpoint {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
}
interface EndpointStats extends Endpoint {
  readonly num_requests: number;
  readonly num_errors: number;
  readonly last_error: string;
  readonly processing_time: number;
  readonly average_processing_time: number;
}
interface Identity {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly version: string;
}
type Info = Identity & { readonly description: string; readonly endpoints: readonly Endpoint[] };
type Stats = Identity & { readonly started: string; readonly endpoints: readonly EndpointStats[] };

const NAME = 'tokens';

describe('the micro protocol of NATS', () => {
  let world: World;
  let ids: readonly string[];

  beforeAll(async () => {
    world = await startWorld(TOKENS);
    await startQuery(world.env);
    ids = await eventually('both instances to say who they are', async () => {
      const found = (await everybody<Info>('$SRV.INFO')).map(({ id }) => id);
      return found.length === 2 && found;
    });
  });

  /** Other services are on the server: ours are those that answer our list, or have an id of theirs. */
  const everybody = async <T extends Identity>(subject: string): Promise<T[]> => {
    const { nats, prefix } = world.stream;
    const answers: T[] = [];
    for await (const message of await nats.requestMany(subject, '', { maxWait: 800 })) answers.push(message.json<T>());
    return answers.filter((answer) =>
      'endpoints' in answer
        ? (answer.endpoints as readonly Endpoint[]).some((endpoint) => endpoint.subject === `${prefix}.list`)
        : ids.includes(answer.id),
    );
  };
  const one = async <T>(subject: string): Promise<T> => (await world.stream.nats.request(subject)).json<T>();

  test.each(['PING', 'INFO', 'STATS'])(
    '%s is answered by every instance, asked of all, by name and by id',
    async (verb) => {
      const type = `io.nats.micro.v1.${verb.toLowerCase()}_response`;
      const toAll = [`$SRV.${verb}`, `$SRV.${verb}.${NAME}`];
      const toOne = ids.map((id) => `$SRV.${verb}.${NAME}.${id}`);
      const answers = await Promise.all([...toAll, ...toOne].map((subject) => everybody<Identity>(subject)));
      const answering = answers.map((each) => each.map(({ id }) => id).sort());
      expect(answering).toEqual([[...ids].sort(), [...ids].sort(), [ids[0]], [ids[1]]]);
      for (const answer of answers.flat()) expect(answer).toMatchObject({ type, name: NAME, metadata: {} });
    },
  );

  test('nobody answers for another name or another id', async () => {
    const { nats } = world.stream;
    for (const subject of [`$SRV.PING.${NAME}x`, `$SRV.PING.${NAME}.nobody`])
      await expect(nats.request(subject, '', { timeout: 1_000 })).rejects.toThrow(/no responders/i);
  });

  test('an instance keeps its id, and a version by the rules of semantic versioning', async () => {
    expect(new Set(ids).size).toBe(2);
    const { id, version } = await one<Info>(`$SRV.INFO.${NAME}.${ids[0]}`);
    expect(id).toBe(ids[0]);
    expect(version).toMatch(/^\d+\.\d+\.\d+/);
  });

  test('INFO names the request subjects, all in one queue group', async () => {
    const { prefix } = world.stream;
    const { endpoints, description } = await one<Info>(`$SRV.INFO.${NAME}.${ids[0]}`);
    expect(description).toMatch(/\S/);
    const subjects = Object.fromEntries(endpoints.map(({ name, subject }) => [name, subject]));
    expect(subjects).toMatchObject({ list: `${prefix}.list`, get: `${prefix}.get` });
    expect(new Set(endpoints.map(({ queue_group: group }) => group)).size).toBe(1);
  });

  test('STATS count requests and errors of both instances together, with the last error and times in nanoseconds', async () => {
    const { nats, prefix } = world.stream;
    const total = async () => {
      const all = (await everybody<Stats>(`$SRV.STATS.${NAME}`)).flatMap(({ endpoints }) => endpoints);
      const lists = all.filter(({ name }) => name === 'list');
      const sum = (key: 'num_requests' | 'num_errors') => lists.reduce((all_, each) => all_ + each[key], 0);
      return { requests: sum('num_requests'), errors: sum('num_errors'), lists };
    };
    const before = await total();
    for (let i = 0; i < 10; i += 1) await natsRequest(nats, `${prefix}.list`, {});
    for (let i = 0; i < 5; i += 1) await natsRequest(nats, `${prefix}.list`, { limit: 0 });
    const after = await total();
    expect(after.requests - before.requests).toBe(15);
    expect(after.errors - before.errors).toBe(5);
    const failing = after.lists.find(({ num_errors: errors }) => errors > 0)!;
    expect(failing.last_error).toMatch(/400.*limit/);
    for (const each of after.lists.filter(({ num_requests: requests }) => requests > 0)) {
      expect(Number.isInteger(each.processing_time)).toBe(true);
      // A request takes longer than 10 microseconds, and shorter than 10 seconds.
      expect(each.average_processing_time).toBeGreaterThan(10_000);
      expect(each.average_processing_time).toBeLessThan(10_000_000_000);
    }
  });

  test('STATS say since when, in UTC', async () => {
    const { started } = await one<Stats>(`$SRV.STATS.${NAME}.${ids[0]}`);
    expect(new Date(started).toISOString()).toBe(started);
    expect(Date.now() - Date.parse(started)).toBeLessThan(600_000);
  });
});

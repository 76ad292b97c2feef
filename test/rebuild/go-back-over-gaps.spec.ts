import { jetstreamManager, type StreamConfig } from '@nats-io/jetstream';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import type { AppProcess } from '../support/app-process.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';
import { Rebuilds } from './rebuilds.js';

const event = (id: number, version: number) =>
  JSON.stringify(aTokenEvent('token.updated', { id, version, comment: `v${version}` }));

/** Nothing proves what is put back, and the live generation has read what the stream does not hold any more. */
describe('a roll-back over messages that are gone', () => {
  let system: Pick<System, 'database' | 'stream'> & { readonly query: AppProcess };
  let rebuilds: Rebuilds;

  /** Two generations at one position. */
  async function start(config: Partial<StreamConfig>): Promise<void> {
    const [database, stream] = await Promise.all([createDatabase(), createStream({ config })]);
    const env = { ...database.env, ...stream.env };
    const [, query] = await Promise.all([startProjector(env), startQuery(env)]);
    system = { database, stream, query };
    rebuilds = new Rebuilds(system);
    const tokens = [1, 2, 3].map((id) => aTokenEvent('token.created', { id }));
    await waitForPosition(query.url, await publish(stream, tokens));
    await rebuilds.carryOut();
  }

  async function apply(id: number, version: number, subject: string): Promise<number> {
    const sequence = await publishRaw(system.stream, event(id, version), { subject });
    await waitForPosition(system.query.url, sequence);
    return sequence;
  }

  async function expectNotGoneBack(live: number, shown: string): Promise<void> {
    const status = await rebuilds.carryOut({}, 'rebuild.rollback');
    const { data } = (await httpList(system.query.url)).json<{ data: { id: number; comment: string | null }[] }>();
    expect(Object.fromEntries(data.map(({ id, comment }) => [id, comment]))).toMatchObject({ 1: shown });
    expect(status).toMatchObject({ state: 'failed', message: expect.stringContaining('removed') as string });
    expect((await rebuilds.generations())[live]).toBe('live');
  }

  test('by a limit per subject fails where tokens share the subject, and succeeds where it names the token', async () => {
    await start({ max_msgs_per_subject: 1 });
    await apply(1, 2, 'token.1');
    await apply(2, 2, 'token.2');
    await apply(1, 3, 'token.1');
    expect(await rebuilds.carryOut({}, 'rebuild.rollback')).toMatchObject({ state: 'done' });
    await apply(3, 2, 'token.3');
    await apply(1, 4, 'shared');
    await apply(2, 4, 'shared');
    await expectNotGoneBack(1, 'v4');
  }, 60_000);

  test('one by one fails', async () => {
    await start({});
    await apply(3, 2, 'token.3');
    const sequence = await apply(1, 2, 'token.1');
    await apply(2, 2, 'token.2');
    const { streams } = await jetstreamManager(system.stream.nats);
    await streams.deleteMessage(system.stream.name, sequence);
    await expectNotGoneBack(2, 'v2');
  }, 60_000);

  test('at the end of the stream fails, though newer messages may replace others there', async () => {
    await start({ max_msgs_per_subject: 1 });
    await apply(2, 2, 'token.2');
    const sequence = await apply(1, 2, 'token.1');
    const { streams } = await jetstreamManager(system.stream.nats);
    await streams.deleteMessage(system.stream.name, sequence);
    await expectNotGoneBack(2, 'v2');
  }, 60_000);
});

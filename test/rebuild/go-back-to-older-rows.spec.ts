import { jetstreamManager } from '@nats-io/jetstream';
import { aMembershipEvent, anErasure, aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, waitForPosition } from '../support/clients.js';
import type { AppProcess } from '../support/app-process.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { createStream, type TestStream } from '../support/stream.js';
import { Rebuilds } from './rebuilds.js';

/** Applied messages may be removed at any time. What only the live generation has applied is not in the stream any more then. */
describe('a roll-back in a stream with a limit per subject that has lost applied messages', () => {
  let stream: TestStream;
  let query: AppProcess;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    const [database, made] = await Promise.all([
      createDatabase(),
      createStream({ config: { max_msgs_per_subject: 1 } }),
    ]);
    stream = made;
    const env = { ...database.env, ...stream.env };
    [, query] = await Promise.all([startProjector(env), startQuery(env)]);
    rebuilds = new Rebuilds({ database, stream });
    await apply([1, 2, 3].map((id) => aTokenEvent('token.created', { id, comment: 'v1' })));
    await rebuilds.carryOut();
  });

  const apply = async (events: Parameters<typeof publish>[1]) =>
    waitForPosition(query.url, await publish(stream, events));
  const anUpdate = (id: number, version: number) =>
    aTokenEvent('token.updated', { id, version, customerId: version, comment: `v${version}` });
  const goBack = (body = {}) => rebuilds.carryOut(body, 'rebuild.rollback');

  async function purge(filter?: string): Promise<void> {
    const { streams } = await jetstreamManager(stream.nats);
    await streams.purge(
      stream.name,
      filter === undefined ? undefined : { filter: `${stream.prefix}.events.${filter}` },
    );
  }

  async function shown(): Promise<Record<number, string | null>> {
    const { headers, json } = await httpList(query.url);
    expect(headers.get('x-read-stale')).toBeNull();
    const { data } = json<{ data: { id: number; comment: string | null }[] }>();
    return Object.fromEntries(data.map(({ id, comment }) => [id, comment]));
  }

  test('fails where tokens would be older, unless that is meant, and succeeds once newer events are there', async () => {
    await apply([anUpdate(1, 2), anUpdate(2, 2)]);
    await purge();
    await apply([anUpdate(3, 2)]);
    expect(await goBack()).toMatchObject({
      state: 'failed',
      differences: 2,
      examples: [
        { table: 'token', key: '1' },
        { table: 'token', key: '2' },
      ],
      message: expect.stringMatching(
        /^not gone back: 2 rows of generation 1 would be older .*\(token: 2\).*rebuild.*--accept-differences/,
      ) as string,
    });
    expect(await shown()).toEqual({ 1: 'v2', 2: 'v2', 3: 'v2' });
    // The token service publishes the state of one again.
    await apply([anUpdate(1, 3)]);
    expect(await goBack()).toMatchObject({ state: 'failed', differences: 1 });
    await apply([anUpdate(2, 3)]);
    expect(await goBack()).toMatchObject({ state: 'done', generation: 1, differences: null });
    expect(await shown()).toEqual({ 1: 'v3', 2: 'v3', 3: 'v2' });

    await apply([anUpdate(1, 4)]);
    await purge();
    await apply([anUpdate(2, 4)]);
    expect(await goBack()).toMatchObject({ state: 'failed', generation: 2 });
    expect(await goBack({ acceptDifferences: true })).toMatchObject({ state: 'done', acceptDifferences: true });
    expect(await shown()).toEqual({ 1: 'v3', 2: 'v4', 3: 'v2' });
  }, 60_000);

  test('fails where an erased token would be back', async () => {
    await apply([anErasure({ id: 1, version: 2 })]);
    await purge('token.1');
    await apply([anUpdate(2, 2)]);
    expect(await goBack()).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('1 row of generation 1 would be older') as string,
      examples: [{ table: 'tokenErasure', key: '1', kind: 'extra' }],
    });
    expect((await httpRequest(`${query.url}/v2/tokens/1`)).status).toBe(404);
  }, 60_000);

  test('fails where members of a group would be forgotten', async () => {
    await apply([aMembershipEvent('token-group.tokens-added', { tokenGroupId: 5, version: 1, tokenIds: [1, 2] })]);
    await purge();
    await apply([anUpdate(3, 2)]);
    expect(await goBack()).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('(tokenMembership: 2)') as string,
    });
  }, 60_000);
});

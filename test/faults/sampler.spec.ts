import type { AppProcess } from '../support/app-process.js';
import { aMembershipEvent, anErasure, aTokenEvent, cloudEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { metric } from './health.js';

describe('a projector that looks after its read model', () => {
  let system: System;
  let projector: AppProcess;

  beforeEach(async () => {
    system = await startSystem();
    projector = system.projector;
  });

  const samples = async (result: string) =>
    (await projector.metrics()).get(`projector_samples_total{result="${result}"}`) ?? 0;
  const published = async (events: Parameters<typeof publish>[1]) =>
    waitForPosition(system.query.url, await publish(system.stream, events));
  const notices = async (result: string) => {
    await eventually('the difference to be noticed', async () => (await samples(result)) > 0, { within: 20_000 });
    expect(await metric(projector, 'projector_differences')).toBeGreaterThan(0);
    const line = await eventually('the log to tell', () =>
      projector.logsWith('does not show an event of the stream').at(0),
    );
    expect(line).toMatchObject({ level: 50, sequence: 1, result });
  };

  test('notices a token that has lost a change', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const event = aTokenEvent('token.updated', { id: 1, version: 2 });
    await published({ ...event, traceparent: `00-${traceId}-00f067aa0ba902b7-01` } as typeof event);
    await system.database.query('update token_1 set version = 1');
    await notices('missing');
    expect(projector.logsWith('does not show an event of the stream')[0]).toMatchObject({ traceId });
  });

  test('notices a token that shows something else', async () => {
    await published(aTokenEvent('token.created', { id: 1 }));
    await system.database.query(`update token_1 set document = replace(document, 'DK.SPI', 'DK.XXX')`);
    await notices('different');
  });

  test('notices a token whose document cannot be read', async () => {
    await published(aTokenEvent('token.created', { id: 1 }));
    await system.database.query(`update token_1 set document = 'x'`);
    await notices('different');
  });

  test('notices any member a group has lost', async () => {
    await published(aMembershipEvent('token-group.tokens-added', { tokenIds: [1, 2, 3] }));
    await system.database.query('delete from token_membership_1 where token_id <> 1');
    await notices('missing');
  });

  test('finds nothing wrong with events that had no effect: stale, in conflict, erased, parked, discarded, of no known type', async () => {
    const { database, stream } = system;
    await database.query('alter table token_1 add constraint refused check (id <> 7)');
    await published([
      aTokenEvent('token.created', { id: 1 }),
      aTokenEvent('token.deleted', { id: 1, version: 3 }),
      aTokenEvent('token.updated', { id: 1, version: 2 }),
      aTokenEvent('token.updated', { id: 1, version: 3, comment: 'the same version, another state' }),
      aMembershipEvent('token-group.tokens-added', { tokenIds: [1, 2] }),
      aTokenEvent('token.created', { id: 2 }),
      anErasure({ id: 2 }),
      aTokenEvent('token.created', { id: 7 }),
      aTokenEvent('token.created', { id: 7, version: 2 }),
      cloudEvent('token.of-no-known-type', { id: 1 }),
    ]);
    await publishRaw(stream, 'no event');
    await database.query(`update dead_letter set resolution = 'discarded', payload = '' where sequence = 9`);
    // Seven in eleven samples say something; each message is picked eight times or so.
    await eventually('enough samples', async () => (await samples('ok')) >= 55, { within: 40_000 });
    expect(await metric(projector, 'projector_differences')).toBe(0);
  });
});

import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { NatsAway, NatsLink } from '#service-runtime/nats-connection.js';
import { atEnd } from '../support/at-end.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import type { LogLine } from '../support/log-lines.js';
import { expectReadModelOfStream } from './expect-read-model.js';
import { interruptions, metric, notReady, ready } from './health.js';
import { Reader } from './reader.js';
import { ownNats, startSystemOn } from './system-on.js';
import { Traffic } from './traffic.js';
import { shortOrLong } from '../support/test-length.js';

const RESTARTS = shortOrLong(2, 5);
/** From the reconnect to reading on; a request that was in flight would keep it waiting for five seconds. */
const GOES_ON_WITHIN_MS = 2_000;

const timeOf = (line: LogLine | undefined) => Date.parse(String(line?.['time']));

describe('a nats-server that is killed again and again', () => {
  test(`after ${RESTARTS} times SIGKILL nothing acknowledged is lost, and the list was answered all the time`, async () => {
    const nats = await ownNats();
    const system = await startSystemOn({ nats });
    const { stream, projector, query } = system;
    const traffic = new Traffic(stream);
    const reader = new Reader(query.url);
    for (let restart = 1; restart <= RESTARTS; restart += 1) {
      await waitForPosition(query.url, traffic.head + 200);
      await nats.kill();
      await notReady(projector, 'nats', /is not connected/);
      await notReady(query, 'nats', /is not connected/);
      await sleep(restart * 100);
      await nats.restart();
      await ready(projector);
      expect(await metric(projector, 'projector_nats_reconnects')).toBe(restart);
      const [back] = projector.logsWith('NATS connection back').slice(-1);
      const isReadingOn = () => timeOf(projector.logs.findLast(({ msg }) => msg === 'projecting')) >= timeOf(back);
      await eventually('it to read on', isReadingOn, { details: () => projector.output });
      const readsOn = projector.logs.findLast(({ msg }) => msg === 'projecting');
      expect(timeOf(readsOn) - timeOf(back)).toBeLessThan(GOES_ON_WITHIN_MS);
    }
    await waitForPosition(query.url, traffic.head + 200);
    await traffic.stop();
    await reader.stop();

    await expectReadModelOfStream(system, traffic.acknowledged);
    expect(reader.stepsBack).toEqual([]);
    expect([...reader.statuses.keys()]).toEqual([200]);
    expect(await metric(projector, 'projector_source_changed')).toBe(0);
    // A server that has just come back may answer that it is not ready, or not at all.
    const counted = await Promise.all(
      ['nats_away', 'nats_timeout', 'stream'].map((of) => interruptions(projector, of)),
    );
    expect(counted.reduce((sum, times) => sum + times)).toBeGreaterThanOrEqual(RESTARTS);
  }, 120_000);
});

test('a request that waits for an answer is given up at once when the connection is lost', async () => {
  const nats = await ownNats();
  const settings = { servers: [nats.url], credentialsFile: undefined, tlsCaFile: undefined, inboxPrefix: '_INBOX' };
  const link = new NatsLink('test', settings, pino({ level: 'silent' }));
  atEnd('closing a connection', () => link.close());
  const connection = await link.connected();
  connection.subscribe('silence', { callback: () => undefined });
  const answer = link.answer(connection.request('silence', '', { timeout: 5_000 }));
  const [outcome] = await Promise.all([answer.catch((error: unknown) => error), nats.kill()]);
  expect(outcome).toBeInstanceOf(NatsAway);
});

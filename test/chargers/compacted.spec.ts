import { cloudEvent } from '../support/builders.js';
import { publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { ChargerSystem, createChargerDatabase } from './charger-system.js';

const charger = (id: string, version: number, siteId: string) =>
  JSON.stringify(cloudEvent('charger.changed', { id, version, siteId, name: id }));
const status = (chargerId: string, connector: number, version: number) =>
  JSON.stringify(cloudEvent('charger.connector-status', { chargerId, connector, version, status: 'occupied' }));

test('where the stream keeps the last message of every subject, subjects that name charger and connector are enough for a rebuild, and others are refused', async () => {
  const [database, stream] = await Promise.all([
    createChargerDatabase(),
    createStream({ config: { max_msgs_per_subject: 1 } }),
  ]);
  const system = new ChargerSystem(database, stream);
  await system.startProjector();
  let last = 0;
  for (const version of [1, 2, 3]) {
    await publishRaw(stream, charger('DK-1', version, `site-${version}`), { subject: 'charger.DK-1' });
    await publishRaw(stream, charger('DK-2', version, 'site-2'), { subject: 'charger.DK-2' });
    await publishRaw(stream, status('DK-1', 1, version), { subject: 'connector.DK-1.1' });
    last = await publishRaw(stream, status('DK-1', 2, version), { subject: 'connector.DK-1.2' });
  }
  await system.waitForPosition(last);
  const shown = {
    charger: ['DK-1 3 site-3 DK-1', 'DK-2 3 site-2 DK-2'],
    connector: ['DK-1 1 3 occupied', 'DK-1 2 3 occupied'],
    site: ['site-2 1', 'site-3 1'],
  };
  expect(await system.tables()).toEqual(shown);
  const rebuilt = await system.rebuilds.carryOut({ lastPerSubject: true });
  expect(rebuilt).toMatchObject({ state: 'done', differences: 0 });
  expect(await system.tables()).toEqual(shown);

  const at = await publishRaw(stream, status('DK-1', 2, 4), { subject: 'connector.DK-1' });
  await system.waitForPosition(at);
  expect(await system.rebuilds.carryOut({ lastPerSubject: true })).toMatchObject({
    state: 'failed',
    message: `the last message of every subject is not enough: the message ${at} on ${stream.prefix}.events.connector.DK-1 is a charger.connector-status whose subject does not name the charger DK-1 and its connector 2: it may hide others; read all of them`,
  });
});

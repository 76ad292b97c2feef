import { ready } from '../faults/health.js';
import { ProjectedStream } from '../faults/projected-stream.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { aTokenEvent, cloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { startProjector } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { sendRaw } from '../support/send-raw.js';

/** NATS allows every character but white space in a subject, and PostgreSQL does not. */
describe('a subject with the character 0', () => {
  test('of an event stops nothing', async () => {
    const { system } = await ProjectedStream.start(1);
    const event = JSON.stringify(aTokenEvent('token.created', { id: 77 }));
    await publishRaw(system.stream, event, { subject: 'a\0b.token.77' });
    await waitForPosition(
      system.query.url,
      await publish(system.stream, aTokenEvent('token.updated', { id: 77, version: 2 })),
    );
    expect((await httpList(system.query.url, { ids: '77' })).json()).toMatchObject({ count: 1 });
    expect(await system.database.query('select reason from dead_letter')).toEqual([]);
    expect(await new Rebuilds(system).carryOut({ skipDiskCheck: true })).toMatchObject({ state: 'done' });
  });

  test.each([
    ['subject', 'not JSON', 'a\0b'],
    ['type', JSON.stringify({ ...aTokenEvent('token.created', { id: 1 }), type: 'x\0y' }), 'other'],
  ])('or a %s with it, of a message for which a job fails, is told at its end', async (_, body, subject) => {
    const projected = await ProjectedStream.start(1);
    await projected.limitPerSubject(1);
    const { system } = projected;
    await publishRaw(system.stream, body, { subject });
    await waitForPosition(system.query.url, await publish(system.stream, aTokenEvent('token.created', { id: 78 })));
    const rebuilds = new Rebuilds(system);
    expect(await rebuilds.carryOut({ lastPerSubject: true, skipDiskCheck: true })).toMatchObject({
      state: 'failed',
      message: expect.stringContaining('\u2400') as string,
    });
  });

  test('does not hide from an operator that a generation may be taken back as it is', async () => {
    const projected = await ProjectedStream.start(2);
    await projected.limitPerSubject(1);
    const { system } = projected;
    const rebuilds = new Rebuilds(system);
    expect(await rebuilds.carryOut({ skipDiskCheck: true })).toMatchObject({ state: 'done' });
    await publish(system.stream, aTokenEvent('token.updated', { id: 1, version: 2 }));
    const unknown = { ...cloudEvent('token.seen', { id: 1 }), type: 'x\0y' };
    const last = await publishRaw(system.stream, JSON.stringify(unknown), { subject: 'token.1' });
    await waitForPosition(system.query.url, last);
    await expect(rebuilds.ask('rebuild.rollback')).rejects.toThrow(/frozen/);
    expect(await rebuilds.ask('rebuild.rollback', { acceptStale: true })).toMatchObject({ state: 'done' });
  });
});

test.each([
  ['two bytes', '\xe2\x82'],
  ['three bytes', '\xf0\x9f\x98'],
])(
  'a subject with a character that was cut off after %s stops nothing, while its event is the last one',
  async (_, cut) => {
    const { system, projector } = await ProjectedStream.start(1);
    const event = JSON.stringify(aTokenEvent('token.created', { id: 77 }));
    await sendRaw(
      system.stream.natsUrl,
      `PUB ${system.stream.prefix}.events.${cut}.token.77 ${event.length}\r\n${event}\r\n`,
    );
    await waitForPosition(system.query.url, 2);
    expect(await new Rebuilds(system).carryOut({ skipDiskCheck: true })).toMatchObject({ state: 'done' });
    await projector.stop();
    // It compares the message at its position with the stream's.
    await ready(await startProjector(system.env, { when: 'listening' }));
  },
);

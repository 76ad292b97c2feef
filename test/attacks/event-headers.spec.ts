import { keepForFile } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpRequest, waitForPosition } from '../support/clients.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { rawMessage, sendRaw } from '../support/send-raw.js';
import { startSystem, type System } from '../support/system.js';

/** A server keeps up to 64 KB of headers with a message. */
const NAMES = Array.from({ length: 7_000 }, (_, i) => `n${i.toString(36)}:\r\n`).join('');

const HEADERS: Readonly<Record<string, string>> = {
  'a name with a space': 'NATS/1.0\r\na (b): c\r\n\r\n',
  'no version': 'x: y\r\n\r\n',
  'bytes that are no UTF-8': 'NATS/1.0\r\n\xff\xfe: \xff\r\n\r\n',
  'a line break in a value': 'NATS/1.0\r\na: b\nc\r\n\r\n',
  'one very long name': `NATS/1.0\r\n${'x'.repeat(65_000)}: y\r\n\r\n`,
  'what a server says itself: no messages': 'NATS/1.0 404 No Messages\r\n\r\n',
  'what a server says itself: a heartbeat':
    'NATS/1.0 100 Idle Heartbeat\r\nNats-Last-Consumer: 99\r\nNats-Last-Stream: 99\r\n\r\n',
  'what a server says itself: the end': 'NATS/1.0 409 Consumer Deleted\r\nNats-Pending-Messages: 9\r\n\r\n',
  'thousands of names': `NATS/1.0\r\n${NAMES}\r\n`,
};

describe('an event whose headers cannot be read', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  const publishWith = async (headers: string, id: number, times: number) => {
    const { prefix, natsUrl } = system.stream;
    const event = JSON.stringify(aTokenEvent('token.created', { id }));
    await sendRaw(natsUrl, rawMessage(`${prefix}.events.raw`, headers, event).repeat(times));
    return publish(system.stream, aTokenEvent('token.created', { id: 100 + id }));
  };
  const shown = async (id: number) => (await httpRequest(`${system.query.url}/v2/tokens/${id}`)).status;

  test.each(Object.keys(HEADERS))('holds up neither itself nor others: %s', async (kind) => {
    const id = 1 + Object.keys(HEADERS).indexOf(kind);
    const position = await publishWith(HEADERS[kind]!, id, 10);
    await waitForPosition(system.query.url, position);
    expect([await shown(id), await shown(100 + id)]).toEqual([200, 200]);
  });

  test('is where a projector can begin', async () => {
    await system.projector.stop();
    const position = await publishWith(HEADERS['a name with a space']!, 50, 1);
    await startProjector(system.env);
    keepForFile();
    await waitForPosition(system.query.url, position);
    expect([await shown(50), await shown(150)]).toEqual([200, 200]);
  });

  test('is parked in binary mode, where they say what it is', async () => {
    const headers = 'NATS/1.0\r\nce-type: token.created\r\nce id: 1\r\nce-specversion: 1.0\r\n\r\n';
    await waitForPosition(system.query.url, await publishWith(headers, 60, 1));
    expect([await shown(60), await shown(160)]).toEqual([404, 200]);
    const letters = await system.database.query('select headers, reason from dead_letter');
    expect(letters).toEqual([
      {
        headers: '[["ce-type",["token.created"]],["ce-specversion",["1.0"]]]',
        reason: 'the CloudEvents attribute "id" is missing or no text',
      },
    ]);
  });
});

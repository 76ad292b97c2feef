import { aTokenEvent } from './support/builders.js';
import { httpList, natsRequest, waitForPosition } from './support/clients.js';
import { publish } from './support/publish.js';
import { startSystem, type System } from './support/system.js';

describe('from an event to an answer', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
  });

  test('a published event makes its token appear on both doors, which answer byte for byte the same', async () => {
    const { stream, query } = system;
    const event = aTokenEvent('token.created', { id: 67890, comment: 'Grüße 🚗' });

    await waitForPosition(query.url, await publish(stream, event));
    const overHttp = await httpList(query.url, { limit: 10, search: 'DK.SPI.0067890' });
    const overNats = await natsRequest(stream.nats, `${stream.prefix}.list`, { limit: 10, search: 'DK.SPI.0067890' });

    const { version: _internal, ...shown } = event.data as { version: number };
    expect(overHttp.status).toBe(200);
    expect(overHttp.json()).toEqual({ data: [{ ...shown, tokenGroupIds: [] }], count: 1 });
    expect(overNats.status).toBe(200);
    expect(overNats.body).toBe(overHttp.body);
  });
});

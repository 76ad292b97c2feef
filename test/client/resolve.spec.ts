import { aTokenEvent } from '../support/builders.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { callerAt, DOORS } from './callers.js';

let system: System;

beforeAll(async () => {
  system = await startSystem();
});

test.each(DOORS)(
  'a client over %s resolves uids and labels in the order asked, at the position it wants',
  async (door) => {
    const { stream, query } = system;
    const identifier = { uid: '04A2B3C4', label: `DK.SPI.${door}` };
    const minPosition = await publish(
      stream,
      aTokenEvent('token.created', { identifier, expiresAt: '2030-01-01T00:00:00.000Z' }),
    );
    const { client, sentAt } = callerAt(door, { url: query.url, stream });
    const labels = [identifier.label, 'DK.SPI.NOBODY'];
    const resolved = await client.resolve({ labels, at: '2029-01-01T00:00:00Z' }, { minPosition });
    expect(resolved.data).toMatchObject([
      { label: identifier.label, status: 'usable', token: { identifier } },
      { label: 'DK.SPI.NOBODY', status: 'unknown', token: null },
    ]);
    expect(resolved.position).toBeGreaterThanOrEqual(minPosition);
    const later = await client.resolve({ uids: ['04:a2:b3:c4'], at: '2031-01-01T00:00:00Z' });
    expect(later.data).toMatchObject([{ uid: '04:a2:b3:c4', status: 'expired' }]);
    expect(sentAt).toHaveLength(2);
  },
);

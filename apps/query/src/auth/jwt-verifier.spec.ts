import { SignJWT } from 'jose';
import { pino } from 'pino';
import type { QuerySettings } from '../settings.js';
import { KeySetLog } from './key-set-log.js';
import { JwtVerifier } from './jwt-verifier.js';

const SECRET = 'a secret of the tests that is long enough';
const jwt = { key: { kind: 'secret', secret: SECRET }, algorithms: ['HS256'], customersClaim: 'customer_ids' };

describe('the caller of a JWT', () => {
  const verifier = new JwtVerifier({ jwt } as unknown as QuerySettings, new KeySetLog(pino({ level: 'silent' })));
  const signed = (claims: Record<string, unknown>) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'HS256' })
      .setExpirationTime('1h')
      .sign(new TextEncoder().encode(SECRET));

  test('is remembered once, however the header is spelt', async () => {
    const token = await signed({ sub: 'one' });
    const caller = await verifier.callerOf(`Bearer ${token}`);
    expect(await verifier.callerOf(`bearer    ${token}`)).toBe(caller);
  });

  test.each([
    ['subject', (last: number) => ({ sub: `${'x'.repeat(10_000)}${last}` })],
    [
      'customers',
      (last: number) => ({ customer_ids: [...Array.from({ length: 3_000 }, (_, i) => i + 1), 5_000 + last] }),
    ],
  ])('has a short name of its own, however long its %s is', async (_, claimsOf) => {
    const nameOf = async (last: number) => (await verifier.callerOf(`Bearer ${await signed(claimsOf(last))}`)).name!;
    const names = [await nameOf(1), await nameOf(2), await nameOf(1)];
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name.length).toBeLessThan(60);
  });
});

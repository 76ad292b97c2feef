import type { TokenState } from '#token-contract/events.js';
import { seedEvents } from './seed-events.js';

const AT = '2026-01-01T00:00:00.000Z';
const TOKENS = 20_000;

describe('20,000 seeded tokens', () => {
  const tokens = new Map<number, TokenState>();
  const deleted = new Set<number>();
  const groups = new Map<number, number[]>();
  const memberships: { time: string; size: number }[] = [];
  for (const { event } of seedEvents({ tokens: TOKENS, seed: 1, at: AT })) {
    const { type, time, data } = event;
    if ('id' in data) tokens.set(data.id, data);
    if (type === 'token.deleted') deleted.add(data.id);
    if (type !== 'token-group.tokens-added') continue;
    memberships.push({ time, size: data.tokenIds.length });
    for (const id of data.tokenIds) groups.set(id, [...(groups.get(id) ?? []), data.tokenGroupId]);
  }
  const last = [...tokens.values()];
  const share = (rule: (token: TokenState) => boolean) => last.filter(rule).length / TOKENS;

  test.each<[string, number, (token: TokenState) => boolean]>([
    ['rfid', 0.7, ({ identifier }) => identifier.type === 'rfid'],
    ['virtual', 0.25, ({ identifier }) => identifier.type === 'virtual'],
    ['vehicleId', 0.05, ({ identifier }) => identifier.type === 'vehicleId'],
    ['rfid of 7 bytes', 0.455, ({ identifier }) => identifier.type === 'rfid' && identifier.uid.length === 14],
    ['inactive', 0.12, ({ isActive }) => !isActive],
    ['deleted', 0.04, ({ id }) => deleted.has(id)],
    ['expired', 0.04, ({ expiresAt }) => expiresAt !== null && expiresAt < AT],
    ['not yet valid', 0.01, ({ validFrom }) => validFrom > AT],
    ['without an end', 0.75, ({ expiresAt }) => expiresAt === null],
    ['roaming', 0.85, ({ roamingEnabled }) => roamingEnabled],
    ['priority', 0.01, ({ priorityChargingEnabled }) => priorityChargingEnabled],
    ['in no group', 0.8, ({ id }) => !groups.has(id)],
    ['in more than three groups', 0.02, ({ id }) => (groups.get(id)?.length ?? 0) > 3],
    ['of the largest customer', 0.05, ({ customerId }) => customerId === 1],
  ])('are %s to a share of %d', (_, expected, rule) => {
    // Four standard deviations of a sample of this size.
    expect(Math.abs(share(rule) - expected)).toBeLessThan(4 * Math.sqrt((expected * (1 - expected)) / TOKENS));
  });

  test('belong to customers of whom most have one or two, and none more than the first', () => {
    const sizes = new Map<number, number>();
    for (const { customerId } of last) sizes.set(customerId, (sizes.get(customerId) ?? 0) + 1);
    const ordered = [...sizes.values()].sort((a, b) => a - b);
    expect([1, 2]).toContain(ordered[Math.floor(ordered.length / 2)]);
    expect(ordered.at(-1)).toBe(sizes.get(1));
  });

  test('are in at most 20 groups each, by events of at most 1,000 ids', () => {
    expect(Math.max(...memberships.map(({ size }) => size))).toBeLessThanOrEqual(1_000);
    expect(Math.max(...[...groups.values()].map((ids) => ids.length))).toBe(20);
    for (const ids of groups.values()) expect(new Set(ids).size).toBe(ids.length);
  });

  test('have app users where they are virtual, and never where they are vehicles', () => {
    for (const { identifier } of last) {
      if (identifier.type === 'rfid') continue;
      expect(identifier.appUserId !== null).toBe(identifier.type === 'virtual');
    }
  });

  test('share one updatedAt by the hundreds, later than any membership', () => {
    const [imported] = last.filter(({ id, isActive }) => id > 2_000 && isActive);
    expect(last.filter(({ updatedAt }) => updatedAt === imported!.updatedAt).length).toBeGreaterThan(900);
    for (const { time } of memberships) expect(time < imported!.updatedAt).toBe(true);
  });
});

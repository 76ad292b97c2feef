import { aTokenEvent } from '../support/builders.js';
import { idsOf, pageOf } from './walks.js';
import { startWorld } from './world.js';

const LIMIT = 10;
/** More than a short walk checks for a page. */
const NOT_MATCHING = 1_200;
/** So many that a short walk is tried. */
const MATCHING = 1_000;
const FOR_EVER = 50;

function tokens(count: number, from: number, values: object) {
  return Array.from({ length: count }, (_, i) => aTokenEvent('token.created', { id: from + i, ...values }));
}

test('a page by expiry never begins with tokens that never expire, however far the first match is from the front', async () => {
  const early = { validFrom: '2020-01-01T00:00:00.000Z' };
  const { doors } = await startWorld([
    ...tokens(MATCHING, 1, { ...early, expiresAt: '2035-01-01T00:00:00.000Z' }),
    ...tokens(FOR_EVER, 5_001, { ...early, expiresAt: null }),
    ...tokens(NOT_MATCHING, 10_001, { validFrom: '2030-01-01T00:00:00.000Z', expiresAt: '2040-01-01T00:00:00.000Z' }),
  ]);
  const given = { validTo: '2025-01-01T00:00:00.000Z', sortBy: 'expiresAt', limit: LIMIT };
  const page = pageOf(await doors.list({ ...given, sortDirection: 'desc' }));
  expect(page.count).toBe(MATCHING + FOR_EVER);
  expect(idsOf([page])).toEqual(Array.from({ length: LIMIT }, (_, i) => MATCHING - i));
});

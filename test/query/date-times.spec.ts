import { aTokenEvent } from '../support/builders.js';
import { problemWith } from './bad-request.js';
import type { Doors } from './doors.js';
import { startWorld } from './world.js';

/** Tokens become valid on the hour, at noon and one millisecond around it; token 9 never expires. */
const TIMES: Readonly<Record<number, string>> = {
  1: '2024-02-28T23:59:59.999Z',
  2: '2024-02-29T00:00:00.000Z',
  3: '2025-06-03T11:59:59.999Z',
  4: '2025-06-03T12:00:00.000Z',
  5: '2025-06-03T12:00:00.001Z',
  6: '9999-12-31T23:59:59.999Z',
};

const SAME_NOON = [
  '2025-06-03T12:00:00Z',
  '2025-06-03T12:00:00.000Z',
  '2025-06-03T12:00:00.000000000Z',
  '2025-06-03t12:00:00z',
  '2025-06-03T14:00:00+02:00',
  '2025-06-03T17:45:00+05:45',
  '2025-06-03T00:00:00-12:00',
  '2025-06-04T11:59:00+23:59',
  '2025-06-03T12:00:00-00:00',
];

const NO_DATE_TIME = [
  ' ',
  'now',
  '1748952000000',
  '2025-06-03',
  '2025-06-03T12:00:00',
  '2025-06-03T12:00Z',
  '2025-06-03T12:00:00+0200',
  '2025-06-03T12:00:00+02',
  '2025-06-03T12:00:00.Z',
  '2025-06-03T12:00:00,5Z',
  '20250603T120000Z',
  '+002025-06-03T12:00:00Z',
  '-2025-06-03T12:00:00Z',
  '25-06-03T12:00:00Z',
  'Tue, 03 Jun 2025 12:00:00 GMT',
  ' 2025-06-03T12:00:00Z',
  '2025-06-03T12:00:00Z ',
  '2025-06-03T12:00:00Z\n',
  '2025-06-03T12:00:00ZZ',
  '２０２５-06-03T12:00:00Z',
  'null',
];

const NOT_IN_THE_CALENDAR = [
  '2025-02-29T12:00:00Z',
  '1900-02-29T12:00:00Z',
  '2025-02-30T12:00:00Z',
  '2025-06-31T12:00:00Z',
  '2025-13-01T12:00:00Z',
  '2025-00-01T12:00:00Z',
  '2025-06-00T12:00:00Z',
  '2025-06-03T24:00:00Z',
  '2025-06-03T12:60:00Z',
  '2025-06-03T12:00:61Z',
  '2025-06-03T12:00:00+24:00',
  '2025-06-03T12:00:00+02:60',
  '0000-01-01T00:00:00Z',
];

describe.each(['validFrom', 'expiresFrom'])('%s', (name) => {
  let doors: Doors;

  beforeAll(async () => {
    const dated = Object.entries(TIMES).map(([id, time]) =>
      aTokenEvent('token.created', { id: Number(id), validFrom: time, expiresAt: time }),
    );
    const always = aTokenEvent('token.created', { id: 9, validFrom: '1999-12-31T23:59:59Z', expiresAt: null });
    ({ doors } = await startWorld([...dated, always]));
  });

  const idsFrom = async (instant: string): Promise<number[]> => {
    const reply = await doors.list({ [name]: instant, sortDirection: 'asc' });
    expect(reply.status).toBe(200);
    const { data, count } = reply.json<{ data: { id: number }[]; count: number }>();
    expect(count).toBe(data.length);
    return data.map(({ id }) => id);
  };

  test.each(SAME_NOON)('%s is noon on 3 June 2025, which itself is included', async (instant) => {
    expect(await idsFrom(instant)).toEqual([4, 5, 6]);
  });

  test.each([
    ['2025-06-03T12:00:00.001Z', [5, 6]],
    ['2025-06-03T12:00:00.0010000Z', [5, 6]],
    ['2025-06-03T11:59:59.999Z', [3, 4, 5, 6]],
    ['2024-02-29T00:00:00Z', [2, 3, 4, 5, 6]],
    ['2024-02-29T01:00:00+01:00', [2, 3, 4, 5, 6]],
    ['2000-02-29T00:00:00Z', [1, 2, 3, 4, 5, 6]],
    ['9999-12-31T23:59:59.999Z', [6]],
    ['0001-01-01T00:00:00Z', name === 'validFrom' ? [1, 2, 3, 4, 5, 6, 9] : [1, 2, 3, 4, 5, 6]],
  ])('%s answers tokens %j, never those without a date', async (instant, ids) => {
    expect(await idsFrom(instant)).toEqual(ids);
  });

  test.each(NO_DATE_TIME)('%j is refused on both doors: no RFC 3339 date-time with a zone', async (text) => {
    const problem = problemWith(name, await doors.list({ [name]: text }));
    expect(problem).toMatch(/RFC 3339 date-time with a zone/);
    expect(problem).toContain(JSON.stringify(text).slice(1, -1));
  });

  test.each(NOT_IN_THE_CALENDAR)('%j is refused on both doors: there is no such day, time or zone', async (text) => {
    const problem = problemWith(name, await doors.list({ [name]: text }));
    expect(problem).toContain(JSON.stringify(text));
  });

  test('a + that is not escaped in the URL is refused with a word on how to escape it', async () => {
    const problem = problemWith(name, await doors.http(`?${name}=2025-06-03T14:00:00+02:00`));
    expect(problem).toContain('%2B');
    expect((await doors.http(`?${name}=2025-06-03T14:00:00%2B02:00`)).status).toBe(200);
  });
});

import { ServiceError, type ErrorDetail } from '#service-runtime/service-error.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import { readParameters } from './read-parameters.js';

const read = (raw: unknown) => readParameters(ListTokensRequest, raw);

function details(raw: unknown): readonly ErrorDetail[] {
  try {
    read(raw);
  } catch (error) {
    if (error instanceof ServiceError && error.statusCode === 400)
      return error.details ?? [{ param: '', message: error.message }];
    throw error;
  }
  throw new Error('was accepted');
}

describe('the parameters of the list', () => {
  test('have their defaults', () => {
    expect({ ...read({}) }).toEqual({ sortBy: 'id', sortDirection: 'desc', offset: 0, limit: 500 });
  });

  test('are the same values whether they come as texts or as JSON', () => {
    const values = { customerId: 7, isActive: false, priority: true, offset: 10, limit: 1000 };
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    expect(read(texts)).toEqual(read(values));
    expect(read(values)).toMatchObject(values);
  });

  test('have a default order that follows the times of change among the filters', () => {
    const noon = '2025-06-03T12:00:00Z';
    expect(read({ updatedAtTo: noon, createdAtFrom: noon })).toMatchObject({
      sortBy: 'updatedAt',
      sortDirection: 'asc',
    });
    expect(read({ createdAtFrom: noon })).toMatchObject({ sortBy: 'createdAt', sortDirection: 'asc' });
    expect(read({ updatedAtFrom: noon, sortDirection: 'desc' })).toMatchObject({
      sortBy: 'updatedAt',
      sortDirection: 'desc',
    });
    expect(read({ updatedAtFrom: noon, sortBy: 'id' })).toMatchObject({ sortBy: 'id', sortDirection: 'desc' });
    expect(read({ validFrom: noon, expiresTo: noon })).toMatchObject({ sortBy: 'id', sortDirection: 'desc' });
  });

  test.each<[unknown]>([['1,20,3'], [[3, 20, 1]], ['3,1,20']])('take %j for ids in any order', (ids) => {
    expect(read({ ids }).ids).toEqual([1, 3, 20]);
  });

  test('take a single JSON number for a list of ids, and at most 1,000 of them', () => {
    expect(read({ ids: 5 }).ids).toEqual([5]);
    const ids = Array.from({ length: 1_001 }, (_, i) => i + 1);
    expect(read({ ids: ids.slice(1) }).ids).toHaveLength(1_000);
    expect(details({ ids })[0]?.message).toMatch(/^must be 1 to 1000 different integers .*, found 1001 of them$/);
  });

  test('say which id is given twice', () => {
    for (const ids of ['7,1,7', [7, 1, 7]])
      expect(details({ ids })[0]?.message).toMatch(/different integers .*, found 7 more than once$/);
  });

  test.each(['valid', 'expires', 'createdAt', 'updatedAt'])(
    'refuse a span of %s that ends before it begins',
    (time) => {
      const span = (from: string, to: string) => ({ [`${time}From`]: from, [`${time}To`]: to });
      const [noon, later] = ['2025-06-03T12:00:00Z', '2025-06-03T14:00:00.001+02:00'];
      expect(() => read(span(noon, later))).not.toThrow();
      expect(() => read(span(noon, noon))).not.toThrow();
      expect(details(span(later, noon))).toEqual([
        {
          param: `${time}To`,
          message: `must not be before ${time}From (2025-06-03T12:00:00.001Z), found "${noon}": swap the two`,
        },
      ]);
    },
  );

  test('trim a search and take an empty one for none', () => {
    expect(read({ search: '  x ' }).search).toBe('x');
    expect(read({ search: '   ' }).search).toBeUndefined();
    expect(read({ search: '' }).search).toBeUndefined();
  });

  test('count a search in code points', () => {
    expect(read({ search: '😀'.repeat(50) }).search).toBe('😀'.repeat(50));
    expect(details({ search: '😀'.repeat(51) })[0]?.message).toBe('must have at most 50 characters, found 51');
  });

  test('bring date-times to UTC', () => {
    expect(read({ validFrom: '2025-06-03T14:00:00+02:00' }).validFrom).toBe('2025-06-03T12:00:00.000Z');
  });

  test.each<[string, unknown]>([
    ['limit', '0'],
    ['limit', '1001'],
    ['limit', '1.0'],
    ['limit', '1e2'],
    ['limit', ' 5'],
    ['limit', '+5'],
    ['limit', '007'],
    ['limit', ''],
    ['limit', ['1', '2']],
    ['limit', 1.5],
    ['limit', true],
    ['limit', null],
    ['limit', {}],
    ['offset', '-1'],
    ['offset', '9007199254740992'],
    ['customerId', '0'],
    ['customerId', 'abc'],
    ['isActive', '1'],
    ['isActive', 'TRUE'],
    ['isActive', ''],
    ['isActive', 0],
    ['roamingEnabled', 'no'],
    ['priority', []],
    ['type', 'RFID'],
    ['type', ''],
    ['sortBy', 'uid'],
    ['sortBy', 'constructor'],
    ['sortDirection', 'down'],
    ['validFrom', '2025-06-03'],
    ['validFrom', '2025-06-03T12:00:00'],
    ['validFrom', '2025-02-30T12:00:00Z'],
    ['expiresFrom', 1748952000000],
    ['validTo', 'soon'],
    ['status', 'Usable'],
    ['status', ''],
    ['ids', ''],
    ['ids', '1,'],
    ['ids', '1, 2'],
    ['ids', '0'],
    ['ids', '-1'],
    ['ids', '1.5'],
    ['ids', []],
    ['ids', ['1', '2']],
    ['ids', [1, '2']],
    ['ids', [0]],
    ['ids', {}],
    ['ids', true],
    ['tokenGroupId', '0'],
    ['tokenGroupId', [1]],
    ['judgedAt', '2025-06-03T12:00:00Z'],
    ['search', 5],
    ['search', 'a\u0000'],
    ['search', '\ud800'],
    ['unknown', '1'],
    ['__proto__', 'x'],
    ['toString', 'x'],
  ])('refuse %s = %j, naming it', (name, value) => {
    const raw = JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`) as object;
    expect(details(raw).map(({ param }) => param)).toEqual([name]);
  });

  test('show a name that is empty', () => {
    expect(() => read({ '': '1' })).toThrow(/^"" is no parameter of this request/);
  });

  test('quote a wrong value as it was sent, whatever is in it', () => {
    expect(details({ sortBy: '$value $property $constraint1' })[0]?.message).toContain(
      '"$value $property $constraint1"',
    );
  });

  test('say what a + in a date-time has become', () => {
    expect(details({ validFrom: '2025-06-03T12:00:00 02:00' })[0]?.message).toContain('write the + as %2B');
  });

  test('say what a day without a time lacks', () => {
    const [detail] = details({ expiresFrom: '2025-06-03' });
    expect(detail?.message).toMatch(/found "2025-06-03", which has no time and no zone: write 2025-06-03T00:00:00Z$/);
    expect(details({ expiresFrom: 'soon' })[0]?.message).toMatch(/found "soon"$/);
  });

  test('name all wrong parameters at once', () => {
    expect(
      details({ limit: '0', isActive: 'x', foo: '1' })
        .map(({ param }) => param)
        .sort(),
    ).toEqual(['foo', 'isActive', 'limit']);
  });

  test.each([[null], [[]], ['text'], [5]])('must be an object, not %j', (raw) => {
    expect(details(raw)[0]?.message).toContain('must be a JSON object');
  });
});

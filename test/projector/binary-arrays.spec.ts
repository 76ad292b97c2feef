import fc from 'fast-check';
import pg from 'pg';
import { bigints, booleans, instants, smallints, texts } from '#projection/store/binary-arrays.js';
import { createDatabase } from '../support/database.js';

/** What goes to the server in binary is what the same values would be as texts. */
describe('binary arrays', () => {
  let client: pg.Client;

  beforeAll(async () => {
    client = new pg.Client({ connectionString: (await createDatabase()).url });
    await client.connect();
  });
  afterAll(() => client.end());

  async function arrivesAs(binary: Buffer, type: string, given: unknown[]): Promise<void> {
    const { rows } = await client.query<{ same: boolean }>(`select $1::${type}[] = $2::text[]::${type}[] as same`, [
      binary,
      given,
    ]);
    expect(rows).toEqual([{ same: true }]);
  }

  const instant = fc
    .date({ min: new Date('0001-01-01T00:00:00.000Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString());
  const storableText = fc
    .string({ unit: 'binary', maxLength: 100 })
    .map((text) => text.replaceAll('\0', '').toWellFormed());

  test.each<[string, (values: never[]) => Buffer, fc.Arbitrary<unknown>]>([
    ['bigint', bigints, fc.maxSafeInteger()],
    ['smallint', smallints, fc.integer({ min: -32_768, max: 32_767 })],
    ['boolean', booleans, fc.boolean()],
    ['timestamptz', instants, fc.oneof(fc.constant('infinity'), instant)],
    ['text', texts, storableText],
  ])('of %s hold what was put in', async (type, encode, value) => {
    await fc.assert(
      fc.asyncProperty(fc.array(value), (values) => arrivesAs(encode(values as never[]), type, values.map(String))),
      { numRuns: 200 },
    );
  });
});

import type pg from 'pg';
import { applyByProjection, faultOfTheData } from '#projection/run/fault-of-the-data.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase } from '../support/database.js';

const TARGET = {
  generation: 1,
  rowsAtOnce: 1,
  completeBefore: () => 0,
  placeOf: () => ({ position: 1, turn: 0 }),
};

/** The projection sends a statement, and whatever its answer, throws an error of its own. */
async function reasonAfter(client: pg.Client, statement: string): Promise<string | undefined> {
  const apply = async (given: pg.Client) => {
    await given.query(statement).catch(() => undefined);
    throw new TypeError('no such property');
  };
  return applyByProjection({ ...TOKEN_PROJECTION, apply }, client, [], TARGET).then(
    () => undefined,
    (error: unknown) => faultOfTheData(error),
  );
}

test("a projection's own error is a fault of the data, except after a statement has failed or the connection is lost", async () => {
  const client = await connectWriter((await createDatabase()).url, 10_000);
  atEnd('disconnecting the writer', () => disconnectWriter(client));
  expect(await reasonAfter(client, 'select 1')).toBe('it could not be applied: no such property');
  expect(await reasonAfter(client, 'select 1 / 0')).toBeUndefined();
  expect(await reasonAfter(client, 'select pg_terminate_backend(pg_backend_pid())')).toBeUndefined();
  expect(await reasonAfter(client, 'select 1')).toBeUndefined();
});

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
async function fail(client: pg.Client, statement: string): Promise<never> {
  await client.query(statement).catch(() => undefined);
  throw new TypeError('no such property');
}

/** @param isWritten whether the projection fails only when it writes */
async function reasonAfter(client: pg.Client, statement: string, isWritten: boolean): Promise<string | undefined> {
  const apply = (given: pg.Client) => {
    const failing = fail(given, statement);
    return isWritten ? Promise.resolve({ effective: new Set<never>(), deferred: [], written: failing }) : failing;
  };
  return applyByProjection({ ...TOKEN_PROJECTION, apply }, client, [], TARGET)
    .then(({ written }) => written)
    .then(
      () => undefined,
      (error: unknown) => faultOfTheData(error),
    );
}

test.each([
  ['when it reads', false],
  ['when it writes', true],
])(
  "a projection's own error %s is a fault of the data, except after a statement has failed or the connection is lost",
  async (_, isWritten) => {
    const client = await connectWriter((await createDatabase()).url, 10_000);
    atEnd('disconnecting the writer', () => disconnectWriter(client));
    expect(await reasonAfter(client, 'select 1', isWritten)).toBe('it could not be applied: no such property');
    expect(await reasonAfter(client, 'select 1 / 0', isWritten)).toBeUndefined();
    expect(await reasonAfter(client, 'select pg_terminate_backend(pg_backend_pid())', isWritten)).toBeUndefined();
    expect(await reasonAfter(client, 'select 1', isWritten)).toBeUndefined();
  },
);

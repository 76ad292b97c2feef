import { pino } from 'pino';
import { generationTables } from '#token-read-model/generation-tables.js';
import { ReadPools } from '../../../apps/query/src/reading/read-pools.js';
import { SHORT } from '../../../apps/query/src/reading/snapshot.sql.js';
import type { AskedIdentifier } from '../../../apps/query/src/resolve-tokens/resolve-tokens.query.js';
import { resolveTokensSql } from '../../../apps/query/src/resolve-tokens/resolve-tokens.sql.js';
import { median } from '../measure/statistics.js';

const TABLES = generationTables(1);
const IDENTIFIERS = 1_000;
const TARGET_MS = 30;
const CALLS = 15;

/** Times the resolving of as many uids and labels as one request may have, in the database and the driver. @returns a note */
export async function timeOfResolving(databaseUrl: string): Promise<string> {
  const pools = new ReadPools(databaseUrl, pino({ level: 'silent' }));
  try {
    const {
      needs: _,
      firstQueue: __,
      ...statement
    } = resolveTokensSql(TABLES, await someIdentifiers(pools), new Date().toISOString(), null, SHORT);
    const times: number[] = [];
    for (let call = 0; call < CALLS; call += 1) {
      const startedAt = performance.now();
      const { rows } = await pools.prepared.query({ ...statement, rowMode: 'array' });
      times.push(performance.now() - startedAt);
      if (rows.length !== IDENTIFIERS + 1) throw new Error(`found ${rows.length - 1} of ${IDENTIFIERS} tokens`);
    }
    const ms = median(times);
    const verdict = ms <= TARGET_MS ? 'hit' : 'missed';
    return `resolving ${IDENTIFIERS} uids and labels, all known: ${ms.toFixed(1)} ms (target ${TARGET_MS}, ${verdict})`;
  } finally {
    await pools.close();
  }
}

/** Uids and labels of tokens from everywhere in the table, in turn. */
async function someIdentifiers({ planned }: ReadPools): Promise<AskedIdentifier[]> {
  const { rows } = await planned.query<{ uid: string; label: string }>(
    `select document::json #>> '{identifier,uid}' as uid, document::json #>> '{identifier,label}' as label from (
      select document from ${TABLES.token} where id % (select 1 + max(id) / ${3 * IDENTIFIERS} from ${TABLES.token}) = 0 offset 0
    ) as document_of where document::json #>> '{identifier,label}' is not null limit ${IDENTIFIERS}`,
  );
  return rows.map(({ uid, label }, i) => (i % 2 === 0 ? { kind: 'uid', text: uid } : { kind: 'label', text: label }));
}

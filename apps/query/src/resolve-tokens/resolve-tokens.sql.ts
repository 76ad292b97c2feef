import type { Instant } from '#token-contract/instant.js';
import { facetCodesMatching } from '#token-read-model/facet.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { LABEL_OF_TEXT, spellingsOf, UID_OF_TEXT } from '#token-read-model/identifiers.js';
import { IDENTIFIERS, snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import type { AskedIdentifier } from './resolve-tokens.query.js';

/**
 * The token of every identifier that has one: a text "place status document", where the place counts from 1. Of several tokens the one is
 * taken that has the identifier as it was asked for, not with its bytes reversed; then the one that is good for most; then the newest.
 * @param customers to whom the tokens may belong; null: to any customer
 */
export function resolveTokensSql(
  tables: GenerationTables,
  identifiers: readonly AskedIdentifier[],
  at: Instant,
  customers: readonly number[] | null,
  wanted: WantedDocuments,
): ReadStatement {
  const values = [...spellings(identifiers), at, customers, facetCodesMatching({ isActive: true })];
  return snapshotSql(
    tables,
    { name: `resolve_${tables.token}`, needs: IDENTIFIERS, values, count: '1', page: pageSql(tables) },
    wanted,
  );
}

/** `offset 0` makes PostgreSQL look up the spellings one by one, by the index of each kind. */
function pageSql({ token, tokenSearch }: GenerationTables): string {
  const found = (kind: string, identifier: string) => `select given.*, s.id
  from unnest($1::integer[], $2::text[], $3::text[], $4::boolean[], $5::boolean[]) given (place, kind, text, is_reversed, is_of_vid)
  cross join lateral (select s.id from ${tokenSearch} s where ${identifier.replace('text', 's.text')} = given.text
    and ${identifier.replace('text', 's.text')} <> '' offset 0) s where given.kind = '${kind}'`;
  return `select concat_ws(' ', best.place, best.status, best.document) as document from (
select distinct on (found.place) found.place, judged.status, t.document from (
  ${found('uid', UID_OF_TEXT)}
  union all
  ${found('label', LABEL_OF_TEXT)}
) found join ${token} t using (id) cross join lateral (select case
    when t.facet <> all($8::smallint[]) then 'inactive' when t.valid_from > $6::timestamptz then 'notYetValid'
    when t.expires_at <= $6::timestamptz then 'expired' else 'usable' end as status) judged
where ($7::bigint[] is null or t.customer_id = any($7))
  and (not found.is_of_vid or t.document::json #>> array['identifier', found.kind] ilike 'vid:%')
order by found.place, found.is_reversed, array_position(array['usable', 'notYetValid', 'expired', 'inactive'], judged.status), t.id desc
) best order by best.place`;
}

/** The spellings of all identifiers, column by column. */
function spellings(identifiers: readonly AskedIdentifier[]): [number[], string[], string[], boolean[], boolean[]] {
  const columns: [number[], string[], string[], boolean[], boolean[]] = [[], [], [], [], []];
  for (const [i, { kind, text }] of identifiers.entries())
    for (const spelling of spellingsOf(kind, text)) {
      columns[0].push(i + 1);
      columns[1].push(kind);
      columns[2].push(spelling.text);
      columns[3].push(spelling.isReversed);
      columns[4].push(spelling.isOfVid);
    }
  return columns;
}

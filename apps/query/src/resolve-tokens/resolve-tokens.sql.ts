import type { Instant } from '#token-contract/instant.js';
import { facetCodesMatching } from '#token-read-model/facet.js';
import type { GenerationTables } from '#token-read-model/generation-tables.js';
import { LABEL_OF_TEXT, spellingsOf, UID_OF_TEXT } from '#token-read-model/identifiers.js';
import { IDENTIFIERS, snapshotSql, type ReadStatement, type WantedDocuments } from '../reading/snapshot.sql.js';
import type { AskedIdentifier } from './resolve-tokens.query.js';

/** The best first. */
const STATUSES = `array['usable', 'notYetValid', 'expired', 'inactive']`;

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
  const parts = {
    name: `resolve_${tables.token}`,
    needs: IDENTIFIERS,
    values,
    shared: [foundSql(tables)],
    count: '1',
    page: pageSql(tables),
  };
  return { ...snapshotSql(tables, parts, wanted), firstQueue: 'resolve' };
}

/**
 * The best token of each spelling, by its number. In arrays, because a join would compare every spelling with every other; without null,
 * because PostgreSQL finds an element of an array with nulls only from its beginning. Any number of tokens may have one label: app tokens
 * often have that of their customer. So each spelling is looked up once, no document is read for it, and the newest token that is usable
 * ends the look-up. Only if none is usable, all that have the spelling are judged.
 */
function foundSql(tables: GenerationTables): string {
  return `found as materialized (
  select array_agg(coalesce(usable.id, best.id, 0) order by given.number) as ids,
    array_agg(case when usable.id is null then coalesce(best.rank, 0) else 1 end order by given.number) as ranks
  from unnest($1::text[], $2::text[], $3::boolean[]) with ordinality given (kind, text, is_of_vid, number)
  left join lateral (
    select s.id ${judgedSql(tables)} where judged.rank = 1
    order by s.id desc limit 1
  ) usable on true
  left join lateral (
    select s.id, judged.rank ${judgedSql(tables)} where usable.id is null
    order by judged.rank, s.id desc limit 1
  ) best on true
)`;
}

/** `offset 0` makes PostgreSQL look a spelling up by the index of its kind, the newest token first, and judge token by token. */
function judgedSql({ token, tokenSearch }: GenerationTables): string {
  const having = (kind: string, identifier: string) => {
    const stored = identifier.replace('text', 's.text');
    return `(select s.id from ${tokenSearch} s where given.kind = '${kind}' and ${stored} = given.text and ${stored} <> ''
        order by s.id desc offset 0)`;
  };
  return `from (
      ${having('uid', UID_OF_TEXT)}
      union all
      ${having('label', LABEL_OF_TEXT)}
    ) s cross join lateral (select case
        when t.facet <> all($9::smallint[]) then 4 when t.valid_from > $7::timestamptz then 2
        when t.expires_at <= $7::timestamptz then 3 else 1 end as rank
      from ${token} t where t.id = s.id and ($8::bigint[] is null or t.customer_id = any($8))
        and (not given.is_of_vid or t.document::json #>> array['identifier', given.kind] ilike 'vid:%') offset 0) judged`;
}

function pageSql({ token }: GenerationTables): string {
  return `select concat_ws(' ', best.place, (${STATUSES})[best.rank], t.document) as document from (
  select distinct on (asked.place) asked.place, found.ids[asked.number] as id, found.ranks[asked.number] as rank
  from found cross join unnest($4::integer[], $5::integer[], $6::boolean[]) asked (place, number, is_reversed)
  where found.ids[asked.number] > 0
  order by asked.place, asked.is_reversed, found.ranks[asked.number], found.ids[asked.number] desc
) best join ${token} t using (id) order by best.place`;
}

/** The columns of all spellings, each once, and those of the places with the numbers of their spellings. */
function spellings(
  identifiers: readonly AskedIdentifier[],
): [string[], string[], boolean[], number[], number[], boolean[]] {
  const columns: ReturnType<typeof spellings> = [[], [], [], [], [], []];
  const [kinds, texts, areOfVid, places, numbers, areReversed] = columns;
  const known = new Map<string, number>();
  for (const [i, { kind, text: asked }] of identifiers.entries())
    for (const { text, isOfVid, isReversed } of spellingsOf(kind, asked)) {
      const key = `${kind} ${isOfVid} ${text}`;
      if (!known.has(key)) {
        kinds.push(kind);
        texts.push(text);
        areOfVid.push(isOfVid);
        known.set(key, texts.length);
      }
      places.push(i + 1);
      numbers.push(known.get(key)!);
      areReversed.push(isReversed);
    }
  return columns;
}

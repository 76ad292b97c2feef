import type pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { LIMIT } from './combinations.js';
import type { Aimed, Target } from './targets.js';

const { token, tokenSearch } = generationTables(1);
const CHARACTERS = [...'0123456789abcdefghijklmnopqrstuvwxyz'];
const WHOLE: Target = { total: 5 };
const RARE: Target = { total: 20 };
const SHORT: Target = { page: 20, count: 150 };

interface Term {
  readonly term: string;
  readonly share: number;
}

/** Searches of every kind, taken from the texts of the tokens. */
export async function searchRequests(databaseUrl: string): Promise<Aimed[]> {
  return withClient(databaseUrl, async (client) => {
    const { uid, label } = await oneIdentifier(client);
    const ones = await shares(client, CHARACTERS);
    const twos = await shares(client, await partsOfTexts(client, 2));
    const threes = await shares(client, await partsOfTexts(client, 3));
    const aimed = (what: string, search: string, target: Target) => ({
      what,
      request: { search, limit: LIMIT },
      target,
    });
    const byShare = (what: string, { term, share }: Term, target: Target) =>
      aimed(`${what} "${term}", ${(share * 100).toPrecision(2)} % match`, term, target);
    return [
      aimed('search: a whole uid', uid, WHOLE),
      aimed('search: a whole label', label, WHOLE),
      byShare('search: three characters', nearest(threes, 0.001), RARE),
      byShare('search: one character', nearest(ones, 0.3), SHORT),
      byShare('search: two characters', nearest(twos, 0.05), SHORT),
      byShare('search: what nearly all match,', nearest(ones, 1), SHORT),
    ];
  });
}

async function oneIdentifier(client: pg.Client): Promise<{ uid: string; label: string }> {
  const { rows } = await client.query<{ uid: string; label: string }>(
    `select document::jsonb #>> '{identifier,uid}' as uid, document::jsonb #>> '{identifier,label}' as label from ${token}
    where id > (select max(id) / 2 from ${token}) and document like '%DK.SPI.V%' order by id limit 1`,
  );
  return rows[0]!;
}

/** Some texts that occur, from all parts of the table. */
async function partsOfTexts(client: pg.Client, length: number): Promise<string[]> {
  const { rows } = await client.query<{ part: string }>(
    `select distinct substr(split_part(text, ' ', 1 + (id % 2)::integer), 1 + (id % 8)::integer, $1) as part
    from ${tokenSearch} where id % (select 1 + max(id) / 100 from ${tokenSearch}) = 0`,
    [length],
  );
  return rows.map(({ part }) => part).filter((part) => part.length === length);
}

/** For each term, its share in a sample of the tokens. */
async function shares(client: pg.Client, terms: readonly string[]): Promise<Term[]> {
  const { rows } = await client.query<Term>(
    `select term, avg((strpos(text, term) > 0)::integer)::float8 as share
    from unnest($1::text[]) term, (select text from ${tokenSearch} where id % 37 = 0 limit 20000) sample group by term`,
    [terms],
  );
  return rows;
}

function nearest(terms: readonly Term[], wanted: number): Term {
  const distance = ({ share }: Term) => Math.abs(Math.log((share + 1e-9) / wanted));
  return terms.reduce((best, term) => (distance(term) < distance(best) ? term : best));
}

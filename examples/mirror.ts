import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { GoneError, overHttp, TokensClient, type ChangesPage } from '../libs/client/src/index.js';

const { API_URL = 'http://localhost:3000', JWT = '', MIRROR_URL = '', WAIT_SECONDS = '25' } = process.env;
const client = new TokensClient(overHttp(API_URL), { token: JWT });
const mirror = new pg.Pool({ connectionString: MIRROR_URL, max: 1 });

await mirror.query(`
  create table if not exists mirrored_token (id bigint primary key, token jsonb not null);
  create table if not exists mirror_state (
    one boolean primary key default true check (one),
    after text,           -- where to go on; null: at the beginning
    complete_at bigint    -- the tokens are those of the list at this position; null: not known before an answer without changes
  );
  insert into mirror_state default values on conflict do nothing`);

for (;;) {
  try {
    const { rows } = await mirror.query<{ after: string | null }>('select after from mirror_state');
    const wait = Number(WAIT_SECONDS);
    for await (const page of client.changes({ after: rows[0]?.after, wait })) await apply(page);
  } catch (error) {
    console.error(error);
    if (error instanceof GoneError) await beginAgain();
    else await sleep(1_000);
  }
}

/** One statement, so the tokens and the place to go on from are never apart, whenever this process ends. */
async function apply({ data, after, position }: ChangesPage): Promise<void> {
  await mirror.query(
    `with change as (select * from jsonb_to_recordset($1) as change (id bigint, token jsonb)),
    removed as (delete from mirrored_token using change where mirrored_token.id = change.id and change.token is null),
    put as (
      insert into mirrored_token select id, token from change where token is not null
      on conflict (id) do update set token = excluded.token
    )
    update mirror_state set after = $2, complete_at = $3`,
    [JSON.stringify(data), after, data.length === 0 ? position : null],
  );
}

async function beginAgain(): Promise<void> {
  await mirror.query(
    `with removed as (delete from mirrored_token) update mirror_state set after = null, complete_at = null`,
  );
}

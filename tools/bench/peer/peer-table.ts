import type pg from 'pg';
import { generationTables } from '#token-read-model/generation-tables.js';
import { withClient } from '../../../test/support/with-client.js';
import { say } from '../measure/progress.js';

/** A column per property, with an index for everything the list sorts or filters by. */
const CREATE = `
create table peer_token (
  id bigint primary key,
  version bigint not null,
  customer_id bigint not null,
  type text not null,
  uid text not null,
  label text,
  app_user_id bigint,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  valid_from timestamptz not null,
  expires_at timestamptz,
  is_active boolean not null,
  roaming_enabled boolean not null,
  priority_charging_enabled boolean not null,
  billing_reference text,
  comment text,
  token_group_ids bigint[] not null default '{}'
)`;

const { token } = generationTables(1);

const FILL = `
insert into peer_token
select t.id, t.version, t.customer_id, d.j #>> '{identifier,type}', d.j #>> '{identifier,uid}', d.j #>> '{identifier,label}',
  (d.j #>> '{identifier,appUserId}')::bigint, t.created_at, (d.j ->> 'updatedAt')::timestamptz, t.valid_from,
  (d.j ->> 'expiresAt')::timestamptz, (d.j ->> 'isActive')::boolean, (d.j ->> 'roamingEnabled')::boolean,
  (d.j ->> 'priorityChargingEnabled')::boolean, d.j ->> 'billingReference', d.j ->> 'comment',
  array(select value::bigint from jsonb_array_elements_text(d.j -> 'tokenGroupIds'))
from ${token} t cross join lateral (select t.document::jsonb as j offset 0) d`;

const INDEXES = [
  'create index peer_token_customer on peer_token (customer_id, id)',
  'create index peer_token_type on peer_token (type)',
  'create index peer_token_uid on peer_token (uid)',
  'create index peer_token_label on peer_token (label)',
  ...['created_at', 'updated_at', 'valid_from', 'expires_at'].map(
    (column) => `create index peer_token_${column} on peer_token (${column}, id)`,
  ),
];

/** Writes the same tokens into one plain table, unless that was done before. */
export async function ensurePeerTable(databaseUrl: string): Promise<void> {
  await withClient(databaseUrl, async (client) => {
    if (await exists(client)) return;
    say('filling the table of the peer with the same tokens');
    await client.query(CREATE);
    await client.query(FILL);
    for (const index of INDEXES) await client.query(index);
    await client.query('vacuum (analyze) peer_token');
    await client.query('checkpoint');
  });
}

async function exists(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ table: string | null }>(`select to_regclass('peer_token')::text as table`);
  return rows[0]!.table !== null;
}

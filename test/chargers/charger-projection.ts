import { isDeepStrictEqual } from 'node:util';
import type { Client, ClientBase } from 'pg';
import type { ApplyTarget, Applied, EventKey, Projection, SampleResult } from '#projection/projection.js';
import { tableName, type TableTemplate } from '#projection/table-template.js';
import { decode, type Charger, type ChargerEvent, type Connector } from './charger-events.js';

/** What the proof and the repair must know of a table in which the highest version of a key wins. */
function byVersion(name: string, key: readonly string[]) {
  const of = (generation: number, what: string, row: string) =>
    `(select ${what} from ${tableName({ name }, generation)} o
      where ${key.map((column) => `o.${column} = ${row}.${column}`).join(' and ')})`;
  return {
    name,
    key,
    core: 'version::text',
    untold: (row: string, _live: number, folded: number) =>
      `${row}.version > coalesce(${of(folded, 'o.version', row)}, 0)`,
    isKnown: (live: number) => `${of(live, 'o.version > t.version or o::text = t::text', 't')} is true`,
  };
}

const CHARGER: TableTemplate = {
  ...byVersion('charger', ['id']),
  columns: `
  id text not null,
  version bigint not null,
  -- null once the charger is removed; its row stays, so that an older event that comes late changes nothing
  site_id text,
  name text`,
  owner: { of: 'charger', column: 'id', type: 'text' },
  indexes: (table) => [`create index ${table}_site on ${table} (site_id, id)`],
};

const CONNECTOR: TableTemplate = {
  ...byVersion('connector', ['charger_id', 'connector']),
  columns: `
  charger_id text not null,
  connector integer not null,
  version bigint not null,
  status text not null`,
  owner: { of: 'charger', column: 'charger_id', type: 'text' },
};

const SITE: TableTemplate = {
  name: 'site',
  columns: `
  id text not null,
  chargers bigint not null`,
  key: ['id'],
  counts: () => 'chargers <> 0',
  derivedFrom: (generation) => `select site_id as id, count(*) as chargers
    from ${tableName(CHARGER, generation)} where site_id is not null group by site_id`,
};

/** The counts follow in the same statement, by the sites that the rows had before it and have after it. */
function saveChargersSql(generation: number) {
  const [charger, site] = [tableName(CHARGER, generation), tableName(SITE, generation)];
  const text = `with given as materialized (
  select * from unnest($1::text[], $2::bigint[], $3::text[], $4::text[]) given (id, version, site_id, name)
), before as (
  select c.site_id from given join ${charger} c using (id) where given.version > c.version
), saved as (
  insert into ${charger} as c select * from given
  on conflict (id) do update set version = excluded.version, site_id = excluded.site_id, name = excluded.name
  where excluded.version > c.version returning id, site_id
), moved as (
  select site_id, 1 as by from saved union all select site_id, -1 from before
), counted as (
  insert into ${site} as s select site_id, sum(by) from moved where site_id is not null group by site_id having sum(by) <> 0
  on conflict (id) do update set chargers = s.chargers + excluded.chargers
)
select id as key from saved`;
  return { name: `save_${charger}`, text };
}

function saveConnectorsSql(generation: number) {
  const connector = tableName(CONNECTOR, generation);
  const text = `insert into ${connector} as c
select * from unnest($1::text[], $2::integer[], $3::bigint[], $4::text[]) given (charger_id, connector, version, status)
on conflict (charger_id, connector) do update set version = excluded.version, status = excluded.status
where excluded.version > c.version returning concat(charger_id, '/', connector) as key`;
  return { name: `save_${connector}`, text };
}

async function apply(
  client: Client,
  events: readonly ChargerEvent[],
  { generation }: ApplyTarget<ChargerEvent>,
): Promise<Applied<ChargerEvent>> {
  const newest = new Map<string, ChargerEvent>();
  for (const event of events) {
    const key = keyOf(event).parts.join('/');
    if (event.row.version > (newest.get(key)?.row.version ?? 0)) newest.set(key, event);
  }
  const rows = [...newest.values()].map(({ row }) => row);
  const chargers = columns(rows.filter(isCharger), 'id', 'version', 'siteId', 'name');
  const connectors = columns(rows.filter(isConnector), 'chargerId', 'connector', 'version', 'status');
  const saved = await Promise.all([
    client.query<{ key: string }>({ ...saveChargersSql(generation), values: chargers }),
    client.query<{ key: string }>({ ...saveConnectorsSql(generation), values: connectors }),
  ]);
  const effective = new Set(saved.flatMap((result) => result.rows.map(({ key }) => newest.get(key)!)));
  return { effective, deferred: [], written: Promise.resolve() };
}

/** One array per column: a batch is one statement per table, however many rows it has. */
function columns<Row>(rows: readonly Row[], ...names: readonly (keyof Row)[]): Row[keyof Row][][] {
  return names.map((name) => rows.map((row) => row[name]));
}

function keyOf({ row }: ChargerEvent): EventKey {
  if (isCharger(row)) return { parts: [row.id], words: `the charger ${row.id}`, ids: { chargerId: row.id } };
  const { chargerId, connector } = row;
  const words = `the charger ${chargerId} and its connector ${connector}`;
  return { parts: [chargerId, connector], words, ids: { chargerId, connector } };
}

function isConnector(row: Charger | Connector): row is Connector {
  return 'connector' in row;
}

function isCharger(row: Charger | Connector): row is Charger {
  return !isConnector(row);
}

async function sample(client: ClientBase, generation: number, { row }: ChargerEvent): Promise<SampleResult> {
  const select = isCharger(row)
    ? `select id, version, site_id as "siteId", name from ${tableName(CHARGER, generation)} where id = $1`
    : `select charger_id as "chargerId", connector, version, status from ${tableName(CONNECTOR, generation)}
      where charger_id = $1 and connector = $2`;
  const { rows } = await client.query<{ version: string }>(select, [...keyOf({ row } as ChargerEvent).parts]);
  const version = Number(rows[0]?.version ?? 0);
  if (version !== row.version) return version > row.version ? 'ok' : 'missing';
  return isDeepStrictEqual({ ...rows[0], version }, { ...row }) ? 'ok' : 'different';
}

export const CHARGER_PROJECTION: Projection<ChargerEvent> = {
  name: 'chargers',
  schemaVersion: 1,
  readableSince: 1,
  tables: [CHARGER, CONNECTOR, SITE],
  words: {
    rows: 'chargers',
    subjects: 'chargers and connectors',
    model: 'charger read model',
    tool: 'chargerctl',
    projector: 'charger-projector',
  },
  decode,
  weigh: () => 1,
  keyOf,
  isSameVersion: (one, other) =>
    one.row.version === other.row.version && isDeepStrictEqual(keyOf(one).parts, keyOf(other).parts),
  apply,
  sample,
  async countRows(client, generation) {
    const { rows } = await client.query<{ chargers: string }>(
      `select coalesce(sum(chargers), 0) as chargers from ${tableName(SITE, generation)}`,
    );
    return Number(rows[0]!.chargers);
  },
};

import type { QueryResultRow } from 'pg';
import type { ChargerEvent } from './charger-events.js';

type Query = <Row extends QueryResultRow>(text: string) => Promise<Row[]>;

/** Every row of a generation, each as text, in the order of the texts. */
export interface ChargerTables {
  readonly charger: readonly string[];
  readonly connector: readonly string[];
  readonly site: readonly string[];
}

/** What the tables must hold: a plain fold of the events, in whatever order they come. */
export function foldOf(events: readonly ChargerEvent[]): ChargerTables {
  const newest = new Map<string, ChargerEvent>();
  for (const event of events) {
    const key = 'id' in event.row ? event.row.id : `${event.row.chargerId}/${event.row.connector}`;
    if (event.row.version > (newest.get(key)?.row.version ?? 0)) newest.set(key, event);
  }
  const charger: string[] = [];
  const connector: string[] = [];
  const sites = new Map<string, number>();
  for (const { row } of newest.values()) {
    if ('connector' in row) {
      connector.push([row.chargerId, row.connector, row.version, row.status].join(' '));
      continue;
    }
    charger.push([row.id, row.version, row.siteId ?? '-', row.name ?? '-'].join(' '));
    if (row.siteId !== null) sites.set(row.siteId, (sites.get(row.siteId) ?? 0) + 1);
  }
  const site = [...sites].map((counted) => counted.join(' '));
  return { charger: charger.sort(), connector: connector.sort(), site: site.sort() };
}

export async function readTables(query: Query, generation: number): Promise<ChargerTables> {
  const rows = async (text: string) => (await query<{ row: string }>(text)).map(({ row }) => row).sort();
  return {
    charger: await rows(
      `select concat_ws(' ', id, version, coalesce(site_id, '-'), coalesce(name, '-')) as row from charger_${generation}`,
    ),
    connector: await rows(
      `select concat_ws(' ', charger_id, connector, version, status) as row from connector_${generation}`,
    ),
    site: await rows(`select concat_ws(' ', id, chargers) as row from site_${generation} where chargers <> 0`),
  };
}

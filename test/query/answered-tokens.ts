import type pg from 'pg';
import type { Values } from './doors.js';

/** The stored documents taken apart again: whatever filters and sorts here is what a caller sees, not what the app keeps beside it. */
const TABLE = `
create table shown as
select (d ->> 'id')::bigint as id, (d ->> 'customerId')::bigint as customer, d #>> '{identifier,type}' as type,
  translate(lower(d #>> '{identifier,uid}'), ':-.*_ ', '') as uid,
  translate(lower(coalesce(d #>> '{identifier,label}', '')), ':-.*_ ', '') as label,
  (d ->> 'isActive')::boolean as "isActive", (d ->> 'roamingEnabled')::boolean as "roamingEnabled",
  (d ->> 'priorityChargingEnabled')::boolean as priority, (d ->> 'createdAt')::timestamptz as "createdAt",
  (d ->> 'updatedAt')::timestamptz as "updatedAt", (d ->> 'validFrom')::timestamptz as "validFrom",
  (d ->> 'expiresAt')::timestamptz as "expiresAt", d -> 'tokenGroupIds' as groups,
  (d #>> '{identifier,appUserId}')::bigint as "appUser", document
from (select document, document::jsonb as d from token_1) documents`;

/** What a filter means, on that table. */
const CONDITIONS: Readonly<Record<string, (parameter: string) => string>> = {
  type: (parameter) => `type = ${parameter}`,
  customerId: (parameter) => `customer = ${parameter}::bigint`,
  /** Of a caller's claim, separated by commas. */
  customers: (parameter) => `customer = any (string_to_array(${parameter}, ',')::bigint[])`,
  isActive: (parameter) => `"isActive" = ${parameter}::boolean`,
  roamingEnabled: (parameter) => `"roamingEnabled" = ${parameter}::boolean`,
  priority: (parameter) => `priority = ${parameter}::boolean`,
  ids: (parameter) => `id = any (string_to_array(${parameter}, ',')::bigint[])`,
  appUserId: (parameter) => `"appUser" = ${parameter}::bigint`,
  tokenGroupId: (parameter) => `groups @> to_jsonb(${parameter}::bigint)`,
  status: (parameter) =>
    `case when not "isActive" then 'inactive' when "validFrom" > now() then 'notYetValid' when "expiresAt" <= now() then 'expired' else 'usable' end = ${parameter}`,
  validFrom: (parameter) => `"validFrom" >= ${parameter}::timestamptz`,
  validTo: (parameter) => `"validFrom" < ${parameter}::timestamptz`,
  expiresFrom: (parameter) => `"expiresAt" >= ${parameter}::timestamptz`,
  expiresTo: (parameter) => `"expiresAt" < ${parameter}::timestamptz`,
  createdAtFrom: (parameter) => `"createdAt" >= ${parameter}::timestamptz`,
  createdAtTo: (parameter) => `"createdAt" < ${parameter}::timestamptz`,
  updatedAtFrom: (parameter) => `"updatedAt" >= ${parameter}::timestamptz`,
  updatedAtTo: (parameter) => `"updatedAt" < ${parameter}::timestamptz`,
  search: (parameter) =>
    `(position(translate(lower(${parameter}), ':-.*_ ', '') in uid) > 0
      or position(translate(lower(${parameter}), ':-.*_ ', '') in label) > 0
      or id::text = ltrim(${parameter}, '0')
      or (translate(lower(${parameter}), ':-.*_ ', '') ~ '^([0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{20})$' and uid = (
        select string_agg(substr(translate(lower(${parameter}), ':-.*_ ', ''), at, 2), '' order by at desc)
        from generate_series(1, 19, 2) at)))`,
};

export const orderSql = (by: string, direction: string) => `"${by}" ${direction} nulls last, id ${direction}`;

/** The tokens as a caller sees them, asked without any of the app's ways to be quick. */
export class ShownTokens {
  private constructor(private readonly client: pg.Client) {}

  static async of(client: pg.Client): Promise<ShownTokens> {
    await client.query(TABLE);
    return new ShownTokens(client);
  }

  async count(filter: Values): Promise<number> {
    const { where, values } = conditionsOf(filter);
    const { rows } = await this.client.query<{ count: string }>(`select count(*) from shown where ${where}`, values);
    return Number(rows[0]!.count);
  }

  async ids(filter: Values, order: string, offset: number, limit: number): Promise<number[]> {
    const { where, values } = conditionsOf(filter);
    const { rows } = await this.client.query<{ id: string }>(
      `select id from shown where ${where} order by ${order} offset ${offset} limit ${limit}`,
      values,
    );
    return rows.map(({ id }) => Number(id));
  }
}

function conditionsOf(filter: Values): { where: string; values: string[] } {
  const conditions = Object.keys(filter).map((name, i) => CONDITIONS[name]!(`$${i + 1}::text`));
  return { where: ['true', ...conditions].join(' and '), values: Object.values(filter).map(String) };
}

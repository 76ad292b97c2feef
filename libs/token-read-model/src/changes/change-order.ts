import type { ChangeOrder } from '#projection/change-order.js';
import { generationTables } from '../generation-tables.js';
import { carryOverSql, changedNowSql, putBeforeAllSql, rememberCustomersSql } from './change-order.sql.js';

/** The order in which callers of the change feed follow the changes of tokens. */
export const TOKEN_CHANGES: ChangeOrder = {
  async carryOver(client, { from, to }, since) {
    for (const sql of carryOverSql(generationTables(from), generationTables(to))) await client.query(sql, [since]);
  },
  async putBeforeAll(client, generation) {
    for (const sql of putBeforeAllSql(generationTables(generation))) await client.query(sql);
  },
  async changeNow(client, generation, { owners, place: { position, turn }, work }) {
    const tables = generationTables(generation);
    const values = [[...(owners.get('token') ?? [])], position, turn];
    await client.query(rememberCustomersSql(tables), values);
    await work();
    for (const sql of changedNowSql(tables)) await client.query(sql, values);
  },
};

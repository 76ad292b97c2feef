import type { TableTemplate } from '#projection/table-template.js';
import { OF_TOKEN, ordered } from '../template-parts.js';

/**
 * What changes with every event, in a separate table, because here it leaves updates of `token` HOT: `updatedAt`, and the place of the last
 * change in the order of all changes. The place depends on the past, so it is not compared.
 */
export const tokenUpdated: TableTemplate = {
  name: 'tokenUpdated',
  columns: `
  id bigint not null,
  customer_id bigint not null,
  facet smallint not null,
  updated_at timestamptz not null,
  -- the sequence of the last event that changed the token
  position bigint not null,
  -- above 0 for a change out of the order of the stream: it comes after every change that was there before it
  turn integer not null`,
  key: ['id'],
  compared: `concat_ws(' ', t.id, t.customer_id, t.facet, t.updated_at)`,
  indexes: (table) => [
    ...ordered(table, 'updated_at', 'updated_at, id'),
    `create index ${table}_all_changes on ${table} (position, turn, id)`,
  ],
  groupedBy: 'customer_id',
  owner: OF_TOKEN('id'),
};

/**
 * Who has had a token and has it no more, with the place of the change that took it away: its former customers, and `ALL_CUSTOMERS`
 * for a token that is gone for everybody.
 */
export const tokenGone: TableTemplate = {
  name: 'tokenGone',
  columns: `
  customer_id bigint not null,
  id bigint not null,
  position bigint not null,
  turn integer not null`,
  key: ['id', 'customer_id'],
  indexes: (table) => [
    `create index ${table}_changes on ${table} (position, turn, id, customer_id)`,
    `create index ${table}_customer on ${table} (customer_id, position, turn, id)`,
  ],
  isOfThePast: true,
};

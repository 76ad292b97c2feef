import { isDeepStrictEqual } from 'node:util';
import type { ClientBase } from 'pg';
import type { DomainEvent, TokenState } from '#token-contract/events.js';
import type { SampleResult } from '#projection/projection.js';
import { stateOfDocument } from './document.js';
import type { GenerationTables } from './generation-tables.js';

/** Compares one applied event with the current tables; a later event may have changed the row further. */
export async function sampleEvent(
  client: ClientBase,
  tables: GenerationTables,
  event: DomainEvent,
): Promise<SampleResult> {
  switch (event.type) {
    case 'token.created':
    case 'token.updated':
    case 'token.activated':
    case 'token.deactivated':
      return sampleToken(client, tables, event.data);
    case 'token.deleted':
      return sampleToken(client, tables, { ...event.data, isActive: false });
    case 'token.erased':
      return sampleErasure(client, tables, event.data.id, event.data.version);
    case 'token-group.tokens-added':
    case 'token-group.tokens-removed': {
      const { tokenIds, tokenGroupId, version } = event.data;
      return atLeast(
        client,
        version,
        `select version from ${tables.tokenMembership} where token_id = $1 and token_group_id = $2`,
        [tokenIds[Math.floor(Math.random() * tokenIds.length)], tokenGroupId],
      );
    }
    case 'token-group.deleted': {
      const { tokenGroupId, version } = event.data;
      return atLeast(client, version, `select version from ${tables.tokenGroupDeletion} where token_group_id = $1`, [
        tokenGroupId,
      ]);
    }
  }
}

interface TokenNow {
  readonly version: string | null;
  readonly document: string;
  readonly own_updated_at: Date;
  readonly erased: string | null;
}

async function tokenNow(client: ClientBase, tables: GenerationTables, id: number): Promise<TokenNow> {
  const { rows } = await client.query<TokenNow>(
    `select t.version, t.document, t.own_updated_at, e.version as erased
    from (values ($1::bigint)) wanted (id) left join ${tables.token} t using (id) left join ${tables.tokenErasure} e using (id)`,
    [id],
  );
  return rows[0]!;
}

async function sampleToken(client: ClientBase, tables: GenerationTables, state: TokenState): Promise<SampleResult> {
  const now = await tokenNow(client, tables, state.id);
  if (now.version === null) return Number(now.erased) >= state.version ? 'ok' : 'missing';
  if (Number(now.version) < state.version) return 'missing';
  if (Number(now.version) > state.version) return 'ok';
  const shown = stateOfDocument(now.document, state.version, now.own_updated_at.toISOString());
  return isDeepStrictEqual(shown, { ...state }) ? 'ok' : 'different';
}

async function sampleErasure(
  client: ClientBase,
  tables: GenerationTables,
  id: number,
  version: number,
): Promise<SampleResult> {
  const now = await tokenNow(client, tables, id);
  if (now.version !== null) return Number(now.version) > version ? 'ok' : 'different';
  return Number(now.erased) >= version ? 'ok' : 'missing';
}

async function atLeast(client: ClientBase, version: number, sql: string, values: unknown[]): Promise<SampleResult> {
  const { rows } = await client.query<{ version: string }>(sql, values);
  return Number(rows[0]?.version ?? 0) >= version ? 'ok' : 'missing';
}

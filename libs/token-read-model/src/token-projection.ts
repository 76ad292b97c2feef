import { decode, type Traces } from '#token-contract/decode.js';
import type { DomainEvent } from '#token-contract/events.js';
import type { Decoded, Projection } from '#projection/projection.js';
import { applyEvents } from './apply-events.js';
import { TOKEN_CHANGES } from './changes/change-order.js';
import { ALL_CUSTOMERS } from './count-table.js';
import { isSameVersion, keyOf, rowsOf } from './event-key.js';
import { generationTables, READABLE_SINCE, SCHEMA_VERSION } from './generation-tables.js';
import { PAIRS_AT_ONCE } from './load/load-current.js';
import { sampleEvent } from './sample.js';
import { MEMBERS_AT_ONCE, membersOfDeletedGroups } from './sweep/deleted-groups.js';
import { TOKEN_TABLES } from './templates.js';

/** The projection of the list of tokens, for the engine. */
export function tokenProjection(membersAtOnce = MEMBERS_AT_ONCE, pairsAtOnce = PAIRS_AT_ONCE): Projection<DomainEvent> {
  return {
    name: 'tokens',
    schemaVersion: SCHEMA_VERSION,
    readableSince: READABLE_SINCE,
    tables: TOKEN_TABLES,
    words: {
      rows: 'tokens',
      subjects: 'tokens and groups',
      model: 'token read model',
      tool: 'tokenctl',
      projector: 'token-projector',
    },
    decode(payload, headers): Decoded<DomainEvent> {
      const decoded = decode(payload, headers);
      return decoded.kind === 'rejected' ? { ...decoded, ids: idsOf(decoded) } : decoded;
    },
    weigh: rowsOf,
    keyOf,
    isSameVersion,
    apply: (client, events, target) => applyEvents(client, events, target, pairsAtOnce),
    sample: (client, generation, event) => sampleEvent(client, generationTables(generation), event),
    async countRows(client, generation) {
      const { rows } = await client.query<{ tokens: string }>(
        `select coalesce(sum(tokens), 0) as tokens from ${generationTables(generation).tokenCount} where customer_id = ${ALL_CUSTOMERS}`,
      );
      return Number(rows[0]!.tokens);
    },
    deferred: membersOfDeletedGroups(membersAtOnce, pairsAtOnce),
    changes: TOKEN_CHANGES,
  };
}

function idsOf({ tokenId }: Traces) {
  return { tokenId };
}

export const TOKEN_PROJECTION = tokenProjection();

import { TOKEN_TYPES, type TokenType } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import {
  BooleanParameter,
  EnumParameter,
  InstantParameter,
  IntegerParameter,
  OpaqueParameter,
  TextParameter,
} from '../parameters/parameter-kinds.js';
import { SORT_DIRECTIONS, SORT_KEYS, type SortDirection, type SortKey } from './sort-keys.js';

/** The parameters of the list, the same over HTTP and NATS. */
export class ListTokensRequest {
  @TextParameter({
    maxLength: 50,
    description:
      'Tokens whose id equals the search, or whose label or uid contains it. Letter case and the separators `: - . * _` and space ' +
      'do not matter, a leading `VID:` is ignored, and a whole RFID uid is also found by its bytes in reverse order.',
    examples: ['DK.SPI.V03198', 'a7:e9:42:f1', '67890'],
  })
  search?: string;

  @EnumParameter({ values: TOKEN_TYPES, description: 'Tokens of this type.' })
  type?: TokenType;

  @IntegerParameter({ minimum: 1, description: 'Tokens of this customer.', examples: [67890] })
  customerId?: number;

  @BooleanParameter({ description: 'Active or inactive tokens.' })
  isActive?: boolean;

  @BooleanParameter({ description: 'Tokens that may or may not roam.' })
  roamingEnabled?: boolean;

  @BooleanParameter({ description: 'Tokens with or without `priorityChargingEnabled`.' })
  priority?: boolean;

  @InstantParameter({ description: 'Tokens whose `validFrom` is this instant or later.' })
  validFrom?: Instant;

  @InstantParameter({
    description: 'Tokens whose `expiresAt` is this instant or later. Tokens that never expire are left out.',
  })
  expiresFrom?: Instant;

  @EnumParameter({
    values: SORT_KEYS,
    default: 'id',
    description:
      'What to order by. Ties are ordered by `id` in the same direction; tokens that never expire come last in both directions.',
  })
  sortBy: SortKey = 'id';

  @EnumParameter({ values: SORT_DIRECTIONS, default: 'desc', description: 'In which direction.' })
  sortDirection: SortDirection = 'desc';

  @OpaqueParameter({
    maxLength: 200,
    description:
      'The page behind the one whose answer had this cursor (`Link` over HTTP, `X-Next-Cursor` over NATS), in place of `offset`: ' +
      'no token is missed or repeated because others change meanwhile. Send the other parameters again as they were; `limit` may differ.',
  })
  cursor?: string;

  @IntegerParameter({ minimum: 0, default: 0, description: 'How many tokens to skip.', examples: [0, 500] })
  offset: number = 0;

  @IntegerParameter({
    minimum: 1,
    maximum: 1000,
    default: 500,
    description: 'How many tokens to answer at most.',
    examples: [50],
  })
  limit: number = 500;
}

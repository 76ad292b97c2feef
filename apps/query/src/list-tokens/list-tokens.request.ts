import { TOKEN_TYPES, type TokenType } from '#token-contract/events.js';
import type { Instant } from '#token-contract/instant.js';
import {
  BooleanParameter,
  EnumParameter,
  InstantParameter,
  IntegerParameter,
  IntegersParameter,
  OpaqueParameter,
  TextParameter,
} from '../parameters/parameter-kinds.js';
import { NotBefore } from '../parameters/rules.js';
import { defaultOrder } from './default-order.js';
import { SORT_DIRECTIONS, SORT_KEYS, type SortDirection, type SortKey } from './sort-keys.js';
import { TOKEN_STATUSES, type TokenStatus } from './token-status.js';

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

  @EnumParameter({
    values: TOKEN_STATUSES,
    description:
      'Tokens of this status now: `inactive`; else `notYetValid` before `validFrom`; else `expired` from `expiresAt` on; else `usable`.',
  })
  status?: TokenStatus;

  @IntegersParameter({ most: 1_000, description: 'Tokens with these ids.', examples: ['67890', '1,2,67890'] })
  ids?: number[];

  @IntegerParameter({ minimum: 1, description: 'Tokens that are members of this group.', examples: [5] })
  tokenGroupId?: number;

  @IntegerParameter({ minimum: 1, description: 'Tokens of this app user.', examples: [12345] })
  appUserId?: number;

  @InstantParameter({ description: 'Tokens whose `validFrom` is this instant or later.' })
  validFrom?: Instant;

  @InstantParameter({ description: 'Tokens whose `validFrom` is before this instant.' })
  @NotBefore('validFrom')
  validTo?: Instant;

  @InstantParameter({
    description: 'Tokens whose `expiresAt` is this instant or later. Tokens that never expire are left out.',
  })
  expiresFrom?: Instant;

  @InstantParameter({
    description: 'Tokens whose `expiresAt` is before this instant. Tokens that never expire are left out.',
  })
  @NotBefore('expiresFrom')
  expiresTo?: Instant;

  @InstantParameter({ description: 'Tokens that were created at this instant or later.' })
  createdAtFrom?: Instant;

  @InstantParameter({ description: 'Tokens that were created before this instant.' })
  @NotBefore('createdAtFrom')
  createdAtTo?: Instant;

  @InstantParameter({ description: 'Tokens whose `updatedAt` is this instant or later.' })
  updatedAtFrom?: Instant;

  @InstantParameter({ description: 'Tokens whose `updatedAt` is before this instant.' })
  @NotBefore('updatedAtFrom')
  updatedAtTo?: Instant;

  @EnumParameter({
    values: SORT_KEYS,
    default: 'id',
    description:
      'What to order by. Ties are ordered by `id` in the same direction; tokens that never expire come last in both directions. ' +
      'With `updatedAtFrom` or `updatedAtTo` the default is `updatedAt`, otherwise with `createdAtFrom` or `createdAtTo` it is `createdAt`.',
  })
  sortBy: SortKey = 'id';

  @EnumParameter({
    values: SORT_DIRECTIONS,
    default: 'desc',
    description:
      'In which direction. `asc` is the default in the order of `updatedAt` or `createdAt` if that time is also a filter.',
  })
  sortDirection: SortDirection = 'desc';

  @OpaqueParameter({
    maxLength: 200,
    description:
      'The page behind the one whose answer had this cursor (`X-Next-Cursor`, over HTTP also `Link`), in place of `offset`: ' +
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

  /** The moment for which `status` is judged. No parameter; left out: now. */
  judgedAt?: Instant;

  /** @param given the parameters of the caller, on which the default order depends */
  constructor(given: Partial<ListTokensRequest> = {}) {
    Object.assign(this, defaultOrder(given));
  }
}

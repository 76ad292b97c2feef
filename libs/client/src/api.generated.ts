// Made from docs/openapi.json by "npm run docs:openapi".

export interface paths {
  '/v2/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get a list of tokens
     * @description One page of the tokens that match all filters, and how many match. With `Accept: application/x-ndjson` or `text/csv` an export of all of them, which has no `limit`, `offset` or `cursor`.
     */
    get: operations['listTokens'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/tokens/changes': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Follow the changes of tokens
     * @description Every token as it is now, then what has changed since, for callers who keep a copy. It can wait for a change. With `Accept: text/event-stream` changes come as events as long as the caller stays connected.
     */
    get: operations['listChanges'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/tokens/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Get one token
     * @description The token object alone, if it is in the scope of the caller.
     */
    get: operations['getToken'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v2/tokens/resolve': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Find the tokens of uids and labels
     * @description Which tokens have these uids and labels, and whether each may charge.
     */
    post: operations['resolveTokens'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    Token: {
      /** @description The id of the token. */
      id: number;
      /** @description The customer who owns the token. */
      customerId: number;
      /** @description By what a charging station knows the token. */
      identifier: {
        /**
         * @description An RFID card, an app token made by the platform, or a vehicle that identifies itself.
         * @enum {string}
         */
        type: 'rfid' | 'virtual' | 'vehicleId';
        /** @description What a reader reads: the bytes of a card in hex, the id of an app token, or the MAC address or VIN of a vehicle. */
        uid: string;
        /** @description What is printed on the card, or another name for people; null: none. */
        label: string | null;
        /** @description The user of the app to whom the token belongs; null: nobody. */
        appUserId: number | null;
      };
      /**
       * Format: date-time
       * @description When the token was created.
       */
      createdAt: string;
      /**
       * Format: date-time
       * @description When the token changed last.
       */
      updatedAt: string;
      /**
       * Format: date-time
       * @description The token is valid from this instant on.
       */
      validFrom: string;
      /**
       * Format: date-time
       * @description From this instant on the token is expired; null: it never expires.
       */
      expiresAt: string | null;
      /** @description Whether the token may be used at all; false also for a deleted one. */
      isActive: boolean;
      /** @description Whether the token may be used in the networks of others. */
      roamingEnabled: boolean;
      /** @description Whether its charging comes before that of others. */
      priorityChargingEnabled: boolean;
      /** @description The customer's own reference for bills; null: none. */
      billingReference: string | null;
      /** @description A comment of the customer; null: none. */
      comment: string | null;
      /** @description The groups that the token belongs to, ascending. */
      tokenGroupIds: number[];
    };
    TokenPage: {
      /** @description The tokens of the page, in the order asked for. */
      data: components['schemas']['Token'][];
      /** @description Tokens that match the filters, whatever offset and limit. */
      count: number;
    };
    ResolvedTokens: {
      /** @description One for each uid and label, in the order asked for. */
      data: {
        /** @description As asked for. */
        uid?: string;
        /** @description As asked for, in place of `uid`. */
        label?: string;
        /**
         * @description Whether the token may charge at that moment. `unknown`: you see no such token.
         * @enum {string}
         */
        status: 'usable' | 'inactive' | 'notYetValid' | 'expired' | 'unknown';
        /** @description null if it is unknown. */
        token: components['schemas']['Token'] | null;
      }[];
    };
    ChangesPage: {
      /** @description The next changes, in order. */
      data: components['schemas']['Change'][];
      /** @description Where to go on: send it as `after`. */
      after: string;
    };
    Change: {
      /** @description Stream sequence of the event that made the token what it is. */
      position: number;
      /** @description The id of the token. */
      id: number;
      /**
       * @description `left`: the token belongs to a customer whom you may not see.
       * @enum {string}
       */
      change: 'changed' | 'erased' | 'left';
      /** @description The token as it is now; null if it is erased or has left. */
      token: components['schemas']['Token'] | null;
    };
    Error: {
      /** @description The HTTP status, also over NATS. */
      statusCode: number;
      /** @description The name of the status. */
      error: string;
      /** @description One sentence a caller can act on. */
      message: string;
      /** @description What is wrong with which parameter. */
      details?: {
        /** @description The name of the parameter, as it was sent. */
        param: string;
        /** @description What is wrong with it, and what is allowed. */
        message: string;
      }[];
      /** @description Names the request in every log line about it. */
      requestId: string;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listTokens: {
    parameters: {
      query?: {
        /** @description Tokens whose id equals the search, or whose label or uid contains it. Letter case and the separators `: - . * _` and space do not matter, a leading `VID:` is ignored, and a whole RFID uid is also found by its bytes in reverse order. */
        search?: string;
        /** @description Tokens of this type. */
        type?: 'rfid' | 'virtual' | 'vehicleId';
        /** @description Tokens of this customer. */
        customerId?: number;
        /** @description Active or inactive tokens. */
        isActive?: boolean;
        /** @description Tokens that may or may not roam. */
        roamingEnabled?: boolean;
        /** @description Tokens with or without `priorityChargingEnabled`. */
        priority?: boolean;
        /** @description Tokens of this status now: `inactive`; else `notYetValid` before `validFrom`; else `expired` from `expiresAt` on; else `usable`. */
        status?: 'usable' | 'inactive' | 'notYetValid' | 'expired';
        /** @description Tokens with these ids. At most 1000, separated by commas; over NATS also a JSON list of numbers. */
        ids?: string;
        /** @description Tokens that are members of this group. */
        tokenGroupId?: number;
        /** @description Tokens of this app user. */
        appUserId?: number;
        /** @description Tokens whose `validFrom` is this instant or later. */
        validFrom?: string;
        /** @description Tokens whose `validFrom` is before this instant. */
        validTo?: string;
        /** @description Tokens whose `expiresAt` is this instant or later. Tokens that never expire are left out. */
        expiresFrom?: string;
        /** @description Tokens whose `expiresAt` is before this instant. Tokens that never expire are left out. */
        expiresTo?: string;
        /** @description Tokens that were created at this instant or later. */
        createdAtFrom?: string;
        /** @description Tokens that were created before this instant. */
        createdAtTo?: string;
        /** @description Tokens whose `updatedAt` is this instant or later. */
        updatedAtFrom?: string;
        /** @description Tokens whose `updatedAt` is before this instant. */
        updatedAtTo?: string;
        /** @description What to order by. Ties are ordered by `id` in the same direction; tokens that never expire come last in both directions. With `updatedAtFrom` or `updatedAtTo` the default is `updatedAt`, otherwise with `createdAtFrom` or `createdAtTo` it is `createdAt`. */
        sortBy?: 'id' | 'createdAt' | 'updatedAt' | 'validFrom' | 'expiresAt';
        /** @description In which direction. `asc` is the default in the order of `updatedAt` or `createdAt` if that time is also a filter. */
        sortDirection?: 'asc' | 'desc';
        /** @description The page behind the one whose answer had this cursor (`X-Next-Cursor`, over HTTP also `Link`), in place of `offset`: no token is missed or repeated because others change meanwhile. Send the other parameters again as they were; `limit` may differ. */
        cursor?: string;
        /** @description How many tokens to skip. */
        offset?: number;
        /** @description How many tokens to answer at most. */
        limit?: number;
      };
      header?: {
        /** @description The `ETag` of the answers that you have: 304 without a body if one of them is what you would get now. */
        'If-None-Match'?: string;
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of the tokens that match; with `Accept: application/x-ndjson` or `text/csv` all of them, of one state of the read model. An export that fails in the middle ends without the last chunk. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          /** @description Names this answer: send it as `If-None-Match`. Not with `status`, whose answers change as time passes, nor while the read model is that of an older release. */
          ETag?: string;
          /** @description Same as `count`. */
          'X-Total-Count'?: number;
          /** @description The pages beside this one, by cursor (RFC 8288): `rel="next"`, `rel="prev"` and `rel="first"`, relative to the host. Left out, from the last on, where the URL is so long that they would have more than 8 KB. */
          Link?: string;
          /** @description The `cursor` of the next page; left out where there is none. */
          'X-Next-Cursor'?: string;
          /** @description Of an export only: a name for the file. */
          'Content-Disposition'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TokenPage'];
          'application/x-ndjson': string;
          'text/csv': string;
        };
      };
      /** @description What you have is what you would get now. */
      304: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          /** @description Names this answer: send it as `If-None-Match`. Not with `status`, whose answers change as time passes, nor while the read model is that of an older release. */
          ETag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. Or the body of the request has more than 256 KB. */
      413: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows, or too many of its requests wait for changes, or too many of its exports run; `Retry-After` says when to try again. */
      429: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  listChanges: {
    parameters: {
      query?: {
        /** @description `after` of the last answer: the changes since then. Left out: from the beginning, every token as it is now. */
        after?: string;
        /** @description How many changes an answer has at most. */
        limit?: number;
        /** @description How many seconds to wait for a change while there is none. */
        wait?: number;
      };
      header?: {
        /** @description With `Accept: text/event-stream`: the id of the last event, in place of `after`. Browsers send it when they connect again. */
        'Last-Event-ID'?: string;
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next changes, in order. None: you have everything up to `X-Read-Position`. With `Accept: text/event-stream` an answer without end: events `changes` and `complete`, each with the `after` to go on from as its id, and `error` as the last one. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ChangesPage'];
          'text/event-stream': string;
        };
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description `after` is of another lineage, or of a caller who may see other customers: begin again without it. */
      410: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. Or the body of the request has more than 256 KB. */
      413: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows, or too many of its requests wait for changes, or too many of its exports run; `Retry-After` says when to try again. */
      429: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  getToken: {
    parameters: {
      query?: never;
      header?: {
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
        /** @description The `ETag` of the answers that you have: 304 without a body if one of them is what you would get now. */
        'If-None-Match'?: string;
      };
      path: {
        /** @description The id of the token. */
        id: number;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The token. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          /** @description Names this answer: send it as `If-None-Match`. Not with `status`, whose answers change as time passes, nor while the read model is that of an older release. */
          ETag?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Token'];
        };
      };
      /** @description What you have is what you would get now. */
      304: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          /** @description Names this answer: send it as `If-None-Match`. Not with `status`, whose answers change as time passes, nor while the read model is that of an older release. */
          ETag?: string;
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such token in the caller's scope. */
      404: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. Or the body of the request has more than 256 KB. */
      413: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows, or too many of its requests wait for changes, or too many of its exports run; `Retry-After` says when to try again. */
      429: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
  resolveTokens: {
    parameters: {
      query?: never;
      header?: {
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
      };
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': {
          /** @description Whole uids. Letter case, the separators `: - . * _` and space and a leading `VID:` make no difference; a whole RFID uid is also found by its bytes in reverse order. */
          uids?: string[];
          /** @description Whole labels, compared in the same way. */
          labels?: string[];
          /**
           * Format: date-time
           * @description The moment for which the status is judged. Left out: now.
           */
          at?: string;
        };
      };
    };
    responses: {
      /** @description The token of every uid, then of every label, in the order of the request. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position': string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms': number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ResolvedTokens'];
        };
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. Or the body of the request has more than 256 KB. */
      413: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is no `application/json`. */
      415: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The caller has sent more requests than `RATE_LIMIT_REQUESTS` allows, or too many of its requests wait for changes, or too many of its exports run; `Retry-After` says when to try again. */
      429: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id': string;
          /** @description With `RATE_LIMIT_REQUESTS`: how many requests the caller may send. */
          'RateLimit-Limit'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: how many of them are left. */
          'RateLimit-Remaining'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: seconds until they are counted from 0 again. */
          'RateLimit-Reset'?: number;
          /** @description With `RATE_LIMIT_REQUESTS`: the limit and its span of seconds, such as `100;w=60`. */
          'RateLimit-Policy'?: string;
          /** @description Seconds to wait. */
          'Retry-After'?: number;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
    };
  };
}

// Made from docs/openapi.json by "npm run docs:openapi".

export interface paths {
  '/v2/tokens': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Get a list of tokens */
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
    /** Follow the changes of tokens */
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
    /** Get one token */
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
    /** Find the tokens of uids and labels */
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
      id: number;
      customerId: number;
      identifier: {
        /** @enum {string} */
        type: 'rfid' | 'virtual' | 'vehicleId';
        uid: string;
        label: string | null;
        appUserId: number | null;
      };
      /** Format: date-time */
      createdAt: string;
      /** Format: date-time */
      updatedAt: string;
      /** Format: date-time */
      validFrom: string;
      /** Format: date-time */
      expiresAt: string | null;
      isActive: boolean;
      roamingEnabled: boolean;
      priorityChargingEnabled: boolean;
      billingReference: string | null;
      comment: string | null;
      tokenGroupIds: number[];
    };
    TokenPage: {
      data: components['schemas']['Token'][];
      /** @description Tokens that match the filters, whatever offset and limit. */
      count: number;
    };
    ResolvedTokens: {
      data: {
        /** @description As asked for. */
        uid?: string;
        /** @description As asked for, in place of `uid`. */
        label?: string;
        /** @enum {string} */
        status: 'usable' | 'inactive' | 'notYetValid' | 'expired' | 'unknown';
        token: components['schemas']['Token'] | null;
      }[];
    };
    ChangesPage: {
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
      token: components['schemas']['Token'] | null;
    };
    Error: {
      statusCode: number;
      error: string;
      /** @description One sentence a caller can act on. */
      message: string;
      details?: {
        param: string;
        message: string;
      }[];
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
        /** @description The page behind the one whose answer had this cursor (`Link` over HTTP, `X-Next-Cursor` over NATS), in place of `offset`: no token is missed or repeated because others change meanwhile. Send the other parameters again as they were; `limit` may differ. */
        cursor?: string;
        /** @description How many tokens to skip. */
        offset?: number;
        /** @description How many tokens to answer at most. */
        limit?: number;
      };
      header?: {
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One page of the tokens that match. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position'?: string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms'?: number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          /** @description Same as `count`. */
          'X-Total-Count'?: number;
          /** @description The pages beside this one, by cursor (RFC 8288): `rel="next"`, `rel="prev"` and `rel="first"`. */
          Link?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TokenPage'];
        };
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
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
        /** @description The answer holds the events up to this stream sequence at least: send the sequence of an event that you have published to read your own write. 503 when the read model does not reach it within two seconds. */
        'X-Min-Position'?: number;
      };
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The next changes, in order. None: you have everything up to `X-Read-Position`. */
      200: {
        headers: {
          /** @description The id of this request, in every log line about it. */
          'X-Request-Id'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position'?: string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms'?: number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ChangesPage'];
        };
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description `after` is of another lineage, or of a caller who may see other customers: begin again without it. */
      410: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
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
      };
      path: {
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
          'X-Request-Id'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position'?: string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms'?: number;
          /** @description Only while the read model is not kept up to date: what happened to its stream. */
          'X-Read-Stale'?: string;
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Token'];
        };
      };
      /** @description A parameter is unknown, given twice, empty or wrong. */
      400: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description There is no such token in the caller's scope. */
      404: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
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
          'X-Request-Id'?: string;
          /** @description Stream sequence the answer was read at. */
          'X-Read-Position'?: string;
          /** @description Milliseconds since the read model was last known to hold everything the stream held. */
          'X-Read-Lag-Ms'?: number;
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
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The JWT is missing or invalid, or does not allow the customer asked for. */
      403: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The answer is larger than the service answers (`ANSWER_MAX_BYTES`); ask again with a lower `limit`. */
      413: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The body is no `application/json`. */
      415: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description Something unforeseen. */
      500: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Error'];
        };
      };
      /** @description The database is away, or more is asked than can be answered; `Retry-After` says when to try again. */
      503: {
        headers: {
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

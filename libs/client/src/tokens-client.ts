import type { operations } from './api.generated.js';
import {
  answerOf,
  changesPageOf,
  pageOf,
  resolvedOf,
  type Answer,
  type ChangesPage,
  type Page,
  type Resolved,
  type Token,
} from './answer.js';
import { ApiError, errorOf } from './errors.js';
import type { Transport, WireAnswer, WireRequest } from './transport.js';
import { untilAnswered } from './until-answered.js';

/** Filters, order and page of a list, as docs/api.md describes them. */
export type ListParameters = NonNullable<operations['listTokens']['parameters']['query']>;
/** A walk goes by cursor; one given here is where it begins. */
export type WalkParameters = Omit<ListParameters, 'offset'>;

type ChangesQuery = NonNullable<operations['listChanges']['parameters']['query']>;
/** `after` may be what a caller has stored: undefined or null is the beginning. */
export type ChangesParameters = Omit<ChangesQuery, 'after'> & { readonly after?: string | null | undefined };
export type ResolveParameters = operations['resolveTokens']['requestBody']['content']['application/json'];

export interface ClientOptions {
  /** The JWT, or what gives it: called for each request, so it may renew the JWT. Over NATS it is needed only where the service says so. */
  readonly token?: string | (() => string | Promise<string>);
  /** How long one request may take; then it counts as one without an answer. */
  readonly timeoutMs?: number;
  /** How long a call may take with all its repetitions. */
  readonly withinMs?: number;
}

export interface CallOptions {
  /** The answer holds the events up to this stream sequence: that of an event which the caller has published. */
  readonly minPosition?: number | bigint;
  readonly signal?: AbortSignal;
  /** How long this call may take with all its repetitions. */
  readonly withinMs?: number;
  /** Names the request in the logs of the service. */
  readonly requestId?: string;
}

const TIMEOUT_MS = 10_000;
const WITHIN_MS = 30_000;
const WAIT_SECONDS = 25;
/** On a page, where no limit is given. */
const CHANGES = 500;

/**
 * Asks the list of charging tokens, over HTTP or over NATS. All calls only read, so a call is repeated while the service is away or has too
 * much to do. Every call throws an `ApiError`, a `NoAnswerError`, or the reason of its signal.
 */
export class TokensClient {
  constructor(
    private readonly transport: Transport,
    private readonly options: ClientOptions = {},
  ) {}

  /** One page of the tokens that match. */
  async list(parameters: ListParameters = {}, options: CallOptions = {}): Promise<Page> {
    return pageOf(await this.send('list', parameters, options));
  }

  /** @throws {ApiError} with status 404 if there is no such token in the caller's scope */
  async get(id: number, options: CallOptions = {}): Promise<Answer<Token>> {
    const answer = await this.send('get', { id }, options);
    return answerOf(answer, JSON.parse(answer.body) as Token);
  }

  /** Page after page to the end of the list, whatever changes meanwhile. `next` of a page is where a later walk can go on. */
  async *pages(parameters: WalkParameters = {}, options: CallOptions = {}): AsyncGenerator<Page, void, undefined> {
    let page = await this.list(parameters, options);
    for (;;) {
      yield page;
      if (page.next === undefined) return;
      page = await this.list({ ...parameters, cursor: page.next }, options);
    }
  }

  /** All tokens that match, one by one. A token that stays in the list comes exactly once. */
  async *iterateAll(
    parameters: WalkParameters = {},
    options: CallOptions = {},
  ): AsyncGenerator<Token, void, undefined> {
    for await (const { data } of this.pages(parameters, options)) yield* data;
  }

  /**
   * Waits until the read model has reached a position: that of an event which the caller has published.
   * @returns the position that it has reached
   * @throws {ApiError} with status 503 and the reached `position` if that takes longer than `withinMs`
   */
  async waitFor(position: number | bigint, options: Omit<CallOptions, 'minPosition'> = {}): Promise<number> {
    return (await this.list({ limit: 1 }, { ...options, minPosition: position })).position;
  }

  /** The tokens of whole uids and labels, at most 1,000 together: first those of the uids, then those of the labels, in their order. */
  async resolve(asked: ResolveParameters, options: CallOptions = {}): Promise<Answer<readonly Resolved[]>> {
    return resolvedOf(await this.send('resolve', asked, options));
  }

  /**
   * The changes in their order, page by page, from the beginning or from `after` of a page. While there are none, each request waits for
   * `wait` seconds, and then comes an empty page: up to its `position` nothing has changed. With `wait: 0` such a page is the last. Where a
   * page is too large for the service or for NATS, the `limit` is halved from there on.
   * @throws {GoneError} if `after` is no longer valid: begin again without it, and remove every token that the new answers do not bring
   */
  async *changes(
    { wait = WAIT_SECONDS, after: begin, limit: most = CHANGES, ...parameters }: ChangesParameters = {},
    options: CallOptions = {},
  ): AsyncGenerator<ChangesPage, void, undefined> {
    let after = begin ?? undefined;
    for (let limit = most; ;) {
      const asked = { ...parameters, after, wait, limit };
      const answer = await this.send('changes', asked, options, wait * 1_000).catch(ifTooLarge(limit));
      if (!answer) {
        limit = Math.floor(limit / 2);
        continue;
      }
      const page = changesPageOf(answer);
      yield page;
      if (wait === 0 && page.data.length === 0) return;
      ({ after } = page);
    }
  }

  private async send(
    operation: WireRequest['operation'],
    parameters: object,
    { minPosition, signal, requestId, withinMs = this.options.withinMs ?? WITHIN_MS }: CallOptions,
    waitMs = 0,
  ): Promise<WireAnswer> {
    const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
    const { timeoutMs = TIMEOUT_MS } = this.options;
    const attempt = async (leftMs: number) => {
      const token = await this.token();
      const headers = {
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
        ...(minPosition === undefined ? {} : { 'X-Min-Position': String(minPosition) }),
        ...(requestId === undefined ? {} : { 'X-Request-Id': requestId }),
      };
      const request = { operation, parameters: given, headers };
      const answer = await this.transport.send(request, { timeoutMs: Math.min(timeoutMs + waitMs, leftMs), signal });
      if (answer.status !== 200) throw errorOf(answer);
      return answer;
    };
    return untilAnswered(attempt, withinMs + waitMs, signal);
  }

  private async token(): Promise<string | undefined> {
    const { token } = this.options;
    return typeof token === 'function' ? token() : token;
  }
}

/** @returns undefined for the error that the page is too large, and may be asked for with a lower limit */
function ifTooLarge(limit: number): (error: unknown) => undefined {
  return (error) => {
    if (error instanceof ApiError && error.status === 413 && limit > 1) return undefined;
    throw error;
  };
}

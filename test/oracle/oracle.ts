import type { DomainEvent, TokenState } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import type { ListTokensRequest } from '../../apps/query/src/list-tokens/list-tokens.request.js';
import type { TokenStatus } from '../../apps/query/src/list-tokens/token-status.js';

/**
 * What the read model must say, computed the plain way from the whole set of events: no batches, no tables, no incremental
 * state. Written from the rules, not from the projector's code.
 */
export function tokensOf(events: readonly DomainEvent[]): TokenDocument[] {
  const concerning = eventsByToken(events);
  return [...new Set(events.flatMap((event) => ('id' in event.data ? [event.data.id] : [])))]
    .map((id) => tokenOf(id, concerning.get(id)!))
    .filter((token) => token !== undefined);
}

/** Sorted out beforehand, so that a token's rules need not look through the events of all others. */
function eventsByToken(events: readonly DomainEvent[]): Map<number, DomainEvent[]> {
  const byToken = new Map<number, DomainEvent[]>();
  const byGroup = new Map<number, Set<number>>();
  for (const event of events) {
    if ('id' in event.data) listIn(byToken, event.data.id).push(event);
    if (!('tokenIds' in event.data)) continue;
    const members = byGroup.get(event.data.tokenGroupId) ?? new Set();
    byGroup.set(event.data.tokenGroupId, members);
    for (const id of new Set(event.data.tokenIds)) {
      listIn(byToken, id).push(event);
      members.add(id);
    }
  }
  for (const event of events) {
    if (event.type !== 'token-group.deleted') continue;
    for (const id of byGroup.get(event.data.tokenGroupId) ?? []) listIn(byToken, id).push(event);
  }
  return byToken;
}

function listIn<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}

function tokenOf(id: number, events: readonly DomainEvent[]): TokenDocument | undefined {
  const states = events.flatMap((event) => (isState(event) && event.data.id === id ? [event] : []));
  const erased = Math.max(
    0,
    ...events.map((event) => (event.type === 'token.erased' && event.data.id === id ? event.data.version : 0)),
  );
  const newest = highest(states, (event) => event.data.version);
  if (!newest || newest.data.version <= erased) return undefined;
  const { version: _, ...state } = newest.data;
  const memberships = winningEntries(id, events);
  return {
    ...state,
    isActive: newest.type === 'token.deleted' ? false : state.isActive,
    updatedAt: [state.updatedAt, ...memberships.map(({ time }) => time)].sort().at(-1)!,
    tokenGroupIds: memberships
      .filter(({ isMember }) => isMember)
      .map(({ group }) => group)
      .sort((a, b) => a - b),
  };
}

function isState(event: DomainEvent): event is Extract<DomainEvent, { data: TokenState }> {
  return event.type.startsWith('token.') && event.type !== 'token.erased';
}

function winningEntries(
  tokenId: number,
  events: readonly DomainEvent[],
): { group: number; time: string; isMember: boolean }[] {
  const named = events.flatMap((event) =>
    'tokenIds' in event.data && event.data.tokenIds.includes(tokenId) ? [event.data.tokenGroupId] : [],
  );
  return [...new Set(named)].map((group) => {
    const own = highest(
      events.filter(
        (event) =>
          'tokenIds' in event.data && event.data.tokenGroupId === group && event.data.tokenIds.includes(tokenId),
      ),
      (event) => event.data.version,
    )!;
    const deletion = highest(
      events.filter((event) => event.type === 'token-group.deleted' && event.data.tokenGroupId === group),
      (event) => event.data.version,
    );
    const winner = deletion && deletion.data.version > own.data.version ? deletion : own;
    return { group, time: winner.time, isMember: winner.type === 'token-group.tokens-added' };
  });
}

function highest<T>(items: readonly T[], rank: (item: T) => number): T | undefined {
  return items.reduce<T | undefined>(
    (best, item) => (best === undefined || rank(item) > rank(best) ? item : best),
    undefined,
  );
}

/** The list, computed the plain way. `customers` null: everybody's. */
export function listOf(
  tokens: readonly TokenDocument[],
  request: Partial<ListTokensRequest>,
  customers: readonly number[] | null = null,
): { data: TokenDocument[]; count: number } {
  const { offset = 0, limit = 500 } = request;
  const { sortBy, sortDirection } = orderOf(request);
  const matching = tokens.filter(
    (token) => (!customers || customers.includes(token.customerId)) && matches(token, request),
  );
  const direction = sortDirection === 'asc' ? 1 : -1;
  const sorted = matching.sort((a, b) => {
    const [x, y] = [a[sortBy], b[sortBy]];
    if (x === null || y === null) {
      if (x !== y) return x === null ? 1 : -1;
    } else if (x !== y) return x < y ? -direction : direction;
    return (a.id - b.id) * direction;
  });
  return { data: sorted.slice(offset, offset + limit), count: matching.length };
}

/** Changes come in the order of their time, if the caller does not want it otherwise. */
function orderOf(request: Partial<ListTokensRequest>) {
  const isGiven = (...names: (keyof ListTokensRequest)[]) => names.some((name) => request[name] !== undefined);
  const isOfUpdates = isGiven('updatedAtFrom', 'updatedAtTo');
  const isOfCreations = isGiven('createdAtFrom', 'createdAtTo');
  const { sortBy = isOfUpdates ? 'updatedAt' : isOfCreations ? 'createdAt' : 'id' } = request;
  const isAscending = (sortBy === 'updatedAt' && isOfUpdates) || (sortBy === 'createdAt' && isOfCreations);
  const { sortDirection = isAscending ? 'asc' : 'desc' } = request;
  return { sortBy, sortDirection };
}

function matches(token: TokenDocument, request: Partial<ListTokensRequest>): boolean {
  const { search, type, customerId, isActive, roamingEnabled, priority, status, ids, tokenGroupId, appUserId } =
    request;
  return (
    (type === undefined || token.identifier.type === type) &&
    (customerId === undefined || token.customerId === customerId) &&
    (isActive === undefined || token.isActive === isActive) &&
    (roamingEnabled === undefined || token.roamingEnabled === roamingEnabled) &&
    (priority === undefined || token.priorityChargingEnabled === priority) &&
    (status === undefined || statusOf(token, new Date().toISOString()) === status) &&
    (ids === undefined || ids.includes(token.id)) &&
    (appUserId === undefined || token.identifier.appUserId === appUserId) &&
    (tokenGroupId === undefined || token.tokenGroupIds.includes(tokenGroupId)) &&
    isWithin(token.validFrom, request.validFrom, request.validTo) &&
    isWithin(token.expiresAt, request.expiresFrom, request.expiresTo) &&
    isWithin(token.createdAt, request.createdAtFrom, request.createdAtTo) &&
    isWithin(token.updatedAt, request.updatedAtFrom, request.updatedAtTo) &&
    (search === undefined || found(token, search))
  );
}

function isWithin(time: string | null, from: string | undefined, to: string | undefined): boolean {
  if (time === null) return from === undefined && to === undefined;
  return (from === undefined || time >= from) && (to === undefined || time < to);
}

/** What a token is good for at a moment. */
function statusOf({ isActive, validFrom, expiresAt }: TokenDocument, at: string): TokenStatus {
  if (!isActive) return 'inactive';
  if (validFrom > at) return 'notYetValid';
  return expiresAt !== null && expiresAt <= at ? 'expired' : 'usable';
}

function found(token: TokenDocument, search: string): boolean {
  const wanted = plain(search.replace(/^vid:/i, ''));
  if (wanted === '') return false;
  const { uid, label } = token.identifier;
  return (
    (/^\d+$/.test(search) && Number(search) === token.id) ||
    plain(uid).includes(wanted) ||
    plain(label ?? '').includes(wanted) ||
    plain(uid) === reversed(wanted)
  );
}

function plain(text: string): string {
  return [...text.toLowerCase()].filter((character) => !':-.*_ '.includes(character)).join('');
}

/** A whole RFID uid with its bytes in reverse order. */
function reversed(uid: string): string | undefined {
  const isWhole = [8, 14, 20].includes(uid.length) && /^[0-9a-f]+$/.test(uid);
  return isWhole ? uid.match(/../g)!.reverse().join('') : undefined;
}

/**
 * What a whole uid or label stands for, the plain way. Tokens that have it as it was asked for come before those that have its bytes
 * reversed, then usable ones, then the newest.
 */
export function resolved(
  tokens: readonly TokenDocument[],
  kind: 'uid' | 'label',
  asked: string,
  at: string,
): { status: TokenStatus | 'unknown'; token: TokenDocument | null } {
  const bare = (text: string) => plain(text.trim().replace(/^vid:/i, ''));
  const wanted = bare(asked);
  const best = (isMeant: (stored: string) => boolean) =>
    tokens
      .filter(({ identifier }) => identifier[kind] !== null && isMeant(identifier[kind]))
      .map((token) => ({ status: statusOf(token, at), token }))
      .sort((a, b) => GOOD.indexOf(a.status) - GOOD.indexOf(b.status) || b.token.id - a.token.id)[0];
  const unknown = { status: 'unknown', token: null } as const;
  const isAsShown = (stored: string) => plain(stored) === plain(asked);
  if (wanted === '') return (plain(asked) !== plain(asked.trim()) && best(isAsShown)) || unknown;
  // What is stored keeps the white space at its ends.
  const withoutVid = (stored: string) => plain(stored.replace(/^vid:/i, ''));
  const isReversed = (stored: string) => kind === 'uid' && plain(stored) === reversed(wanted);
  return (
    best(
      (stored) =>
        [withoutVid(stored), plain(stored)].includes(wanted) ||
        plain(stored) === plain(asked.trim()) ||
        isAsShown(stored),
    ) ??
    best(isReversed) ??
    unknown
  );
}

/** The best first. */
const GOOD: readonly TokenStatus[] = ['usable', 'notYetValid', 'expired', 'inactive'];

import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  jwksCache,
  type ExportedJWKSCache,
  type JSONWebKeySet,
  type JWKSCacheInput,
  type JWTVerifyGetKey,
} from 'jose';
import { OVERLOADED } from '#service-runtime/service-error.js';
import { keySetFetch } from './fetch-key-set.js';
import type { KeySetLog } from './key-set-log.js';

/** Each keeps its request in memory: up to 48 KB of headers. */
const MOST_WAITING = 500;
const FETCHED_WITHIN_MS = 3_000;
/** The set is fetched again when it is older than this, and its keys stay good meanwhile: for an hour if it cannot be fetched. */
const RENEWED_AFTER_MS = 600_000;
const KNOWN_FOR_MS = 3_600_000;
const TRIED_AGAIN_AFTER_MS = 10_000;

/**
 * The keys of a set at a URL. While it is fetched, every request whose key is not known waits, valid or not: a few may. Those whose key is
 * known do not wait.
 */
export function remoteKeys(url: string, log: KeySetLog): JWTVerifyGetKey {
  const fetched: Partial<ExportedJWKSCache> = {};
  const remote = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCHED_WITHIN_MS,
    cacheMaxAge: KNOWN_FOR_MS,
    [customFetch]: keySetFetch(log),
    [jwksCache]: fetched as JWKSCacheInput,
  });
  const whenFetched = forAFew(remote);
  let triedAt = 0;
  const renew = () => {
    const now = Date.now();
    if (now - fetched.uat! < RENEWED_AFTER_MS || now - triedAt < TRIED_AGAIN_AFTER_MS) return;
    triedAt = now;
    void remote.reload().catch(() => undefined);
  };
  let known: { readonly set: JSONWebKeySet; readonly keyOf: JWTVerifyGetKey } | undefined;
  return async (header, token) => {
    const set = remote.fresh ? fetched.jwks : undefined;
    if (!set) return whenFetched(header, token);
    renew();
    if (known?.set !== set) known = { set, keyOf: createLocalJWKSet(set) };
    try {
      return await known.keyOf(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      return whenFetched(header, token);
    }
  };
}

/** @throws {ServiceError} `OVERLOADED` beyond {@link MOST_WAITING} at a time */
function forAFew(keyOf: JWTVerifyGetKey): JWTVerifyGetKey {
  let waiting = 0;
  return async (header, token) => {
    if (waiting >= MOST_WAITING) throw OVERLOADED;
    waiting += 1;
    try {
      return await keyOf(header, token);
    } finally {
      waiting -= 1;
    }
  };
}

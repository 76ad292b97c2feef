/**
 * Files that take long, the longest first. Jest knows durations only where it has run before; a fresh machine has run nothing.
 */
const SLOW_FILES = [
  'faults/halts-last',
  'rebuild/releases',
  'rebuild/switch-over-gaps',
  'rebuild/left-jobs',
  'faults/postgres-connection',
  'faults/source-changed',
  'faults/nats-connection',
  'query/slow-readers',
  'query/exports-under-stress',
  'rebuild/releases-go-on',
  'tokenctl/rebuild',
  'rebuild/projector-killed',
  'rebuild/operators-orders',
  'rebuild/changed-stream-of-releases',
  'faults/shutdown',
  'tokenctl/follow',
  'rebuild/sources',
  'faults/changed-limits',
  'rebuild/late-writes',
  'query/plans',
  'query/many-tokens',
  'query/follow-changes',
  'query/polling-law',
  'faults/sampler',
  'rebuild/left-orders',
  'rebuild/changed-meanwhile',
  'rebuild/servers-killed',
  'rebuild/stored-jobs',
  'rebuild/unfinished-jobs',
  'rebuild/drop-previous',
  'faults/mirrors-killed',
  'rebuild/lost-tokens',
  'query/plans-of-small-tables',
  'rebuild/replayed-letters',
  'faults/created-again',
  'query/cursors',
  'tokenctl/dead-letters',
  'faults/surroundings',
  'faults/forgotten-ends',
  'query/jwt-keys',
  'chargers/side-by-side',
  'rebuild/repair',
  'tokenctl/status',
  'query/overload',
  'rebuild/go-back-as-it-is',
  'faults/source-rewound',
  'query/replica',
  'query/plans-of-new-tokens',
  'faults/large-groups',
  'projector/law',
  'rebuild/disk-space',
  'faults/zombie',
  'faults/database-restored',
  'rebuild/under-load',
  'query/settings',
  'faults/consumer-stands-still',
  'faults/fail-over',
  'faults/hidden-events',
  'projector/law-crash',
  'faults/poison-flood',
  'query/orders',
  'faults/postgres-restarted',
  'query/nats-jwt',
  'query/page-cache-law',
  'attacks/log-flood',
  'client/client',
  'tokenctl/silent-node',
  'documents/demo',
  'query/large-answers',
  'faults/mirror',
  'rebuild/several-of-a-release',
  'projector/changes-law',
  'query/exports',
  'rebuild/release-taken-back',
];

/** Slow because they have very many quick tests. */
const OF_QUICK_TESTS = [
  'query/plans',
  'query/plans-of-new-tokens',
  'query/cursors',
  'query/jwt-keys',
  'query/settings',
  'query/orders',
  'query/page-cache-law',
  'client/client',
  'documents/demo',
  'query/exports',
];

const placeIn = (names, path) => names.findIndex((name) => path.endsWith(`/test/${name}.spec.ts`));

/** Whether the short form of the tests runs only the first one of a file. */
export function isShortened(path) {
  return placeIn(SLOW_FILES, path) >= 0 && placeIn(OF_QUICK_TESTS, path) < 0;
}

/** @returns the place of a file among the slow ones; undefined: it is not slow */
export function slowness(path) {
  const place = placeIn(SLOW_FILES, path);
  return place < 0 ? undefined : place;
}

import type { Protection } from '../protection.js';

const COMPARE = 'apps/projector/src/rebuild/compare-generations.ts';
const SAMPLE = 'apps/projector/src/watch/sample.ts';
const REPAIR = 'test/rebuild/repair.spec.ts';
const ARCHIVE = 'test/rebuild/sources.spec.ts';
const WATCHMAN = 'test/faults/watchman.spec.ts';
const verify = { spec: 'test/tokenctl/verify.spec.ts', test: 'lists every difference and ends with 1' } as const;

/** What looks whether all of that has worked. */
export const PROOF: readonly Protection[] = [
  {
    name: 'verify-compares-customers',
    file: COMPARE,
    text: 'where (a.rows, a.checksum) is distinct from (b.rows, b.checksum)',
    off: 'where a.rows is distinct from b.rows',
    ...verify,
  },
  {
    name: 'verify-compares-whole-tables',
    file: COMPARE,
    text: '} else if (await isDifferent(client, pair)) {',
    off: '} else if (row === undefined) {',
    ...verify,
  },
  {
    name: 'verify-compares-rows',
    file: COMPARE,
    text: 'where a.row is distinct from b.row',
    off: 'where a.row is null or b.row is null',
    ...verify,
  },
  {
    name: 'repair-counts-again',
    file: 'apps/projector/src/rebuild/repair-rows.ts',
    text: '  await correctCounts(client, a);\n  await prove(client, a, b, told);\n',
    off: '  if (told.tokens.size < 0) await correctCounts(client, a).then(() => prove(client, a, b, told));\n',
    spec: REPAIR,
    test: 'counts right where events touch',
  },
  {
    name: 'repair-has-the-time-it-needs',
    file: 'apps/projector/src/rebuild/verification.ts',
    text: 'await setStatementTimeout(client, WHOLE_TABLE_TIMEOUT_MS);',
    off: '',
    spec: REPAIR,
    test: 'is given the time that a large table takes',
  },
  {
    name: 'repair-renews-the-lease-at-its-end',
    file: 'apps/projector/src/lead/fenced.ts',
    text: 'if (mayRunOut(begunAt)) await renewLease(client, lease);',
    off: '',
    spec: REPAIR,
    test: 'holds the lease at its end',
  },
  {
    name: 'repair-is-looked-at-again',
    file: 'apps/projector/src/rebuild/verification.ts',
    text: 'if (left.isRight) {',
    off: 'if (left.isRight || round > 0) {',
    spec: REPAIR,
    test: 'finds by a second look',
  },
  {
    name: 'repair-is-proven-in-its-transaction',
    file: 'apps/projector/src/rebuild/repair-rows.ts',
    text: 'if (wrong > 0)',
    off: 'if (wrong < 0)',
    spec: REPAIR,
    test: 'is undone and says so',
  },
  {
    name: 'repair-leaves-what-no-event-tells-of',
    file: 'apps/projector/src/rebuild/repair-rows.ts',
    text: 'isRemoving ? NOTHING : await heldTokens(',
    off: 'isRemoving || damage.tokens.size > 0 ? NOTHING : await heldTokens(',
    spec: ARCHIVE,
    test: 'that does not tell of every row',
  },
  {
    name: 'repair-removes-that-number-only',
    file: 'apps/projector/src/rebuild/repair-rows.ts',
    text: 'if (found !== expected)',
    off: 'if (found < 0)',
    spec: REPAIR,
    test: 'removes nothing where the number has changed',
  },
  {
    name: 'repair-from-the-same-history-only',
    file: 'apps/projector/src/rebuild/same-history.ts',
    text: 'if (known * 2 >= told) return;',
    off: 'if (known * 2 >= 0) return;',
    spec: ARCHIVE,
    test: 'of other events changes nothing',
  },
  {
    name: 'watchman-looks',
    file: 'apps/projector/src/watch/watchman.ts',
    text: 'if (leading && !leading.isHalted && this.link.isUp) await',
    off: 'if (leading && leading.isHalted) await',
    spec: WATCHMAN,
    test: 'notices a token that has lost a change',
  },
  {
    name: 'watchman-compares-versions',
    file: SAMPLE,
    text: `if (Number(now.version) < state.version) return 'missing';`,
    off: `if (Number(now.version) < state.version) return 'ok';`,
    spec: WATCHMAN,
    test: 'notices a token that has lost a change',
  },
  {
    name: 'watchman-compares-contents',
    file: SAMPLE,
    text: `? 'ok' : 'different';
}

async function sampleErasure`,
    off: `? 'ok' : 'ok';
}

async function sampleErasure`,
    spec: WATCHMAN,
    test: 'notices a token that shows something else',
  },
  {
    name: 'watchman-looks-at-every-member',
    file: SAMPLE,
    text: 'tokenIds[Math.floor(Math.random() * tokenIds.length)]',
    off: 'tokenIds[0]',
    spec: WATCHMAN,
    test: 'notices any member a group has lost',
  },
  {
    name: 'watchman-knows-parked-messages',
    file: 'apps/projector/src/watch/watchman.ts',
    text: '!message || (await isParked(client, position, message))',
    off: '!message',
    spec: WATCHMAN,
    test: 'finds nothing wrong with events that had no effect',
  },
  {
    name: 'watchman-knows-two-states-of-one-version',
    file: 'apps/projector/src/watch/predecessor.ts',
    text: `if (decoded.kind === 'event' && isSameVersion(decoded.event.data, data)) return true;`,
    off: `if (decoded.kind === 'event' && isSameVersion(decoded.event.data, data)) return false;`,
    spec: WATCHMAN,
    test: 'finds nothing wrong with events that had no effect',
  },
];

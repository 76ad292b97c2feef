import type { Protection } from '../protection.js';

const COMPARE = 'libs/projection/src/store/proof/compare-generations.ts';
const SAMPLE = 'libs/token-read-model/src/sample.ts';
const REPAIR = 'test/rebuild/repair.spec.ts';
const ARCHIVE = 'test/rebuild/sources.spec.ts';
const SAMPLER = 'test/faults/sampler.spec.ts';
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
    file: 'libs/projection/src/store/proof/repair-rows.ts',
    text: '  await correctDerivedRows(client, compared.projection, compared.live);\n  await prove(client, compared, right);\n',
    off: '  if (right.size < 0) await correctDerivedRows(client, compared.projection, compared.live).then(() => prove(client, compared, right));\n',
    spec: REPAIR,
    test: 'counts right where events touch',
  },
  {
    name: 'repair-has-the-time-it-needs',
    file: 'libs/projection/src/rebuild/phases/repair.ts',
    text: 'await setStatementTimeout(client, WHOLE_TABLE_TIMEOUT_MS);',
    off: '',
    spec: REPAIR,
    test: 'is given the time that a large table takes',
  },
  {
    name: 'repair-renews-the-lease-at-its-end',
    file: 'libs/projection/src/store/transaction.ts',
    text: 'if (mayRunOut(begunAt)) await renewLease(client, lease);',
    off: '',
    spec: REPAIR,
    test: 'holds the lease at its end',
  },
  {
    name: 'repair-is-looked-at-again',
    file: 'libs/projection/src/rebuild/phases/repair.ts',
    text: 'if (left.isRight) {',
    off: 'if (left.isRight || round > 0) {',
    spec: REPAIR,
    test: 'finds by a second look',
  },
  {
    name: 'repair-is-proven-in-its-transaction',
    file: 'libs/projection/src/store/proof/repair-rows.ts',
    text: 'if (wrong > 0)',
    off: 'if (wrong < 0)',
    spec: REPAIR,
    test: 'is undone and says so',
  },
  {
    name: 'repair-leaves-what-no-event-tells-of',
    file: 'libs/projection/src/store/proof/repair-rows.ts',
    text: 'isRemoving ? damage : await repairable(',
    off: 'isRemoving || damage.size > 0 ? damage : await repairable(',
    spec: ARCHIVE,
    test: 'that does not tell of every row',
  },
  {
    name: 'repair-removes-that-number-only',
    file: 'libs/projection/src/rebuild/phases/repair.ts',
    text: 'if (found !== expected)',
    off: 'if (found < 0)',
    spec: REPAIR,
    test: 'removes nothing where the number has changed',
  },
  {
    name: 'repair-from-the-same-history-only',
    file: 'libs/projection/src/store/proof/same-history.ts',
    text: 'if (known * 2 >= told) return;',
    off: 'if (known * 2 >= 0) return;',
    spec: ARCHIVE,
    test: 'of other events changes nothing',
  },
  {
    name: 'sampler-looks',
    file: 'libs/projection/src/sample/sampler.ts',
    text: 'if (leading && !leading.isHalted && this.engine.link.isUp) await',
    off: 'if (leading && leading.isHalted) await',
    spec: SAMPLER,
    test: 'notices a token that has lost a change',
  },
  {
    name: 'sampler-compares-versions',
    file: SAMPLE,
    text: `if (Number(now.version) < state.version) return 'missing';`,
    off: `if (Number(now.version) < state.version) return 'ok';`,
    spec: SAMPLER,
    test: 'notices a token that has lost a change',
  },
  {
    name: 'sampler-compares-contents',
    file: SAMPLE,
    text: `? 'ok' : 'different';
}

async function sampleErasure`,
    off: `? 'ok' : 'ok';
}

async function sampleErasure`,
    spec: SAMPLER,
    test: 'notices a token that shows something else',
  },
  {
    name: 'sampler-looks-at-every-member',
    file: SAMPLE,
    text: 'tokenIds[Math.floor(Math.random() * tokenIds.length)]',
    off: 'tokenIds[0]',
    spec: SAMPLER,
    test: 'notices any member a group has lost',
  },
  {
    name: 'sampler-knows-parked-messages',
    file: 'libs/projection/src/sample/sampler.ts',
    text: '!message || (await isParked(client, projection, position, message))',
    off: '!message',
    spec: SAMPLER,
    test: 'finds nothing wrong with events that had no effect',
  },
  {
    name: 'sampler-knows-two-states-of-one-version',
    file: 'libs/projection/src/sample/predecessor.ts',
    text: `if (decoded.kind === 'event' && projection.isSameVersion(decoded.event, event)) return true;`,
    off: `if (decoded.kind === 'event' && projection.isSameVersion(decoded.event, event)) return false;`,
    spec: SAMPLER,
    test: 'finds nothing wrong with events that had no effect',
  },
];

import type { Protection } from '../protection.js';

const CHECK = 'apps/projector/src/consume/source-check.ts';
const LEADER = 'apps/projector/src/lead/leader.ts';
const CHANGED = 'test/faults/source-changed.spec.ts';
const REWOUND = 'test/faults/source-rewound.spec.ts';

/** A stream that is not the one the position belongs to. */
export const SOURCE: readonly Protection[] = [
  {
    name: 'source-missing',
    file: LEADER,
    text: 'if (stored.streamCreated === null) await ensureStream',
    off: 'await ensureStream',
    spec: CHANGED,
    test: 'is deleted halts, and starts halted',
  },
  {
    name: 'source-recreated',
    file: CHECK,
    text: 'position.stream !== name || position.streamCreated !== info.created',
    off: 'position.stream !== name',
    spec: CHANGED,
    test: 'is deleted and made anew, with as many messages as before',
  },
  {
    name: 'source-rewound',
    file: CHECK,
    text: 'last < position.sequence',
    off: 'last < 0',
    spec: REWOUND,
    test: 'is rewound halts, also once the stream has grown',
  },
  {
    name: 'source-purged',
    file: CHECK,
    text: 'if (position.sequence > 0 || first <= 1) await checkNext(manager, info, position);',
    off: '',
    spec: CHANGED,
    test: 'was purged past the position while nobody looked',
  },
  {
    name: 'source-message-removed',
    file: CHECK,
    text: '(await messageAt(manager, name, sequence + 1))',
    off: 'sequence >= 0',
    spec: CHANGED,
    test: 'has lost messages in the middle',
  },
  {
    name: 'source-last-message-removed',
    file: CHECK,
    text: 'if (next) return makeSureItStandsForOthers(manager, info, position, next);',
    off: 'return next && makeSureItStandsForOthers(manager, info, position, next);',
    spec: CHANGED,
    test: 'but has lost the last one before it was applied',
  },
  {
    name: 'source-replaced-while-opening',
    file: LEADER,
    text: 'await watch.check(leading.position);\n      this.around.state',
    off: 'this.around.state',
    spec: CHANGED,
    test: 'is made anew between the check and the reading',
  },
  {
    name: 'source-different-message',
    file: CHECK,
    text: 'message && !isFingerprintOf(position.fingerprint, message)',
    off: 'message && position.fingerprint === null',
    spec: REWOUND,
    test: 'was rewound and has grown again while nobody looked',
  },
  {
    name: 'source-exact-times',
    file: 'apps/projector/src/consume/event-reader.ts',
    text: 'storedAtNanos: message.timestampNanos,',
    off: 'storedAtNanos: BigInt(Math.floor(message.info.timestampNanos / 1e6)) * 1_000_000n,',
    spec: 'test/faults/exact-times.spec.ts',
    test: 'starts again and goes on, also where the release before has stored it rounded',
  },
  {
    name: 'source-rounded-times',
    file: 'apps/projector/src/consume/fingerprint.ts',
    text: '[0, 1, -1].some(',
    off: '[0].some(',
    spec: 'test/faults/exact-times.spec.ts',
    test: 'starts again and goes on, also where the release before has stored it rounded',
  },
  {
    name: 'source-subject-limit',
    file: LEADER,
    text: 'if (loss) throw loss;',
    off: '',
    spec: CHANGED,
    test: 'keeps five messages per subject halts before such an event in the middle',
  },
  {
    name: 'source-read-first-time',
    file: 'apps/projector/src/consume/subject-limit.ts',
    text: 'const isFirst = gap?.after === 0',
    off: 'const isFirst = gap?.after === -1',
    spec: CHANGED,
    test: 'is read for the first time as it is',
  },
  {
    name: 'source-gap-inside-a-batch',
    file: 'apps/projector/src/consume/event-reader.ts',
    text: 'if (cutAtGaps && count > 0 && sequence',
    off: 'if (cutAtGaps && count < 0 && sequence',
    spec: CHANGED,
    test: 'is purged past the position while it is behind',
  },
  {
    name: 'stale-mark',
    file: LEADER,
    text: 'await this.write(({ client }) => markStale(client, generation, `source-${change.mismatch}`));',
    off: '',
    spec: CHANGED,
    test: 'is deleted halts, and starts halted',
  },
];

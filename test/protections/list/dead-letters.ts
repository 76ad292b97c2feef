import type { Protection } from '../protection.js';

const APPLY_OR_PARK = 'libs/projection/src/run/apply-or-park.ts';
const POISON = 'test/faults/poison.spec.ts';

/** Poison is put aside, once, and takes nothing with it. */
export const DEAD_LETTERS: readonly Protection[] = [
  {
    name: 'parked-in-the-same-transaction',
    file: 'libs/projection/src/run/apply-batch.ts',
    text: `park(client, projection, to, poison),
      movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
    ]);
    if (mayRunOut(begunAt)) await fence(client);
    await client.query('commit');`,
    off: `movePosition(client, from, to, completeAt === undefined ? null : begunAt - completeAt),
    ]);
    await client.query('commit');
    await park(client, projection, to, poison);`,
    spec: 'test/projector/law-crash.spec.ts',
    test: 'rows, counts, answers and dead letters are those of a plain fold',
  },
  {
    name: 'parked-once',
    file: 'libs/projection/src/store/dead-letters.ts',
    text: 'where known.id is null or not ${',
    off: 'where true or not ${',
    spec: POISON,
    test: 'of every kind is parked once',
  },
  {
    name: 'one-letter-per-message',
    file: 'libs/projection/src/store/letter-digest.ts',
    text: '    .update(message.payload)\n',
    off: '',
    spec: 'test/faults/poison-again.spec.ts',
    test: 'poison at a sequence where another message was parked',
  },
  {
    name: 'letters-of-two-writers',
    file: 'libs/projection/src/store/dead-letters.ts',
    text: 'if (rowCount !== poison.length) await client.query(statement);',
    off: 'if (rowCount === null) await client.query(statement);',
    spec: 'test/projector/parking.spec.ts',
    test: 'keeps both of two messages',
  },
  {
    name: 'replayed-letters-in-every-generation',
    file: 'libs/projection/src/rebuild/phases/prove.ts',
    text: 'work.letters = await ReplayedLetters.apply(work.parts, work.source, work.live);',
    off: 'work.letters = undefined;',
    spec: 'test/rebuild/replayed-letters.spec.ts',
    test: 'stays in the list',
  },
  {
    name: 'letters-replayed-meanwhile',
    file: 'libs/projection/src/rebuild/leaders-work.ts',
    text: 'await this.letters?.applyLater();',
    off: '',
    spec: 'test/rebuild/replayed-letters.spec.ts',
    test: 'while a job runs',
  },
  {
    name: 'letters-of-a-former-stream-stay-out',
    file: 'libs/projection/src/store/replayed-letters.ts',
    text: "and ${isOfStream('$3', '$4')}\n",
    off: "and ($3 <> '' or $4 <> '')\n",
    spec: 'test/rebuild/replayed-letters.spec.ts',
    test: 'of a stream that was recreated',
  },
  {
    name: 'letters-of-a-former-stream-are-refused',
    file: 'libs/projection/src/store/replayed-letters.ts',
    text: `is false as is_foreign`,
    off: `is null as is_foreign`,
    spec: 'test/rebuild/replayed-letters.spec.ts',
    test: 'is refused when its stream was recreated',
  },
  {
    name: 'halving-the-batch',
    file: APPLY_OR_PARK,
    text: 'messages.length === 1',
    off: 'messages.length > 0',
    spec: POISON,
    test: 'is found by halving the batch',
  },
  {
    name: 'parking-what-postgres-refuses',
    file: APPLY_OR_PARK,
    text: 'if (!isFaultOfTheData(error)) throw error;',
    off: 'if (!isFaultOfTheData(error) || messages.length > 0) throw error;',
    spec: POISON,
    test: 'is found by halving the batch',
  },
  {
    name: 'a-full-disk-is-no-poison',
    file: 'libs/service-runtime/src/postgres/postgres-errors.ts',
    text: `new Set(['22', '23', 'P0'])`,
    off: `new Set(['22', '23', 'P0', '53'])`,
    spec: 'test/faults/disk-full.spec.ts',
    test: 'is waited out',
  },
  {
    name: 'log-bound-in-a-flood',
    file: 'libs/projection/src/run/parked-log.ts',
    text: 'this.summary.add(poison)',
    off: 'this.write(poison, 1)',
    spec: 'test/attacks/log-flood.spec.ts',
    test: 'by a steady flow of poison',
  },
  {
    name: 'replay-by-version',
    file: 'libs/token-read-model/src/apply-events.ts',
    text: 'foldLoaded(client, tables, batch, loaded, pairsAtOnce)',
    off: 'foldLoaded(client, tables, batch, { ...loaded, current: { ...loaded.current!, tokens: new Map() } }, pairsAtOnce)',
    spec: 'test/tokenctl/dead-letters.spec.ts',
    test: 'replay by version',
  },
  {
    name: 'replay-keeps-only-what-is-refused',
    file: 'libs/projection/src/operate/replay-dead-letters.ts',
    text: 'if (!isFaultOfTheData(error)) throw error;',
    off: 'if (isFaultOfTheData(error) || error) throw error;',
    spec: POISON,
    test: 'that only PostgreSQL refuses is found by halving',
  },
  {
    name: 'a-replay-tells-what-it-has-done',
    file: 'libs/projection/src/operate/replay-dead-letters.ts',
    text: 'if (parts.length === 0) throw error;',
    off: 'if (parts.length >= 0) throw error;',
    spec: 'test/projector/replay-in-parts.spec.ts',
    test: 'are told of when the leader ends',
  },
  {
    name: 'letters-in-messages-that-the-server-carries',
    file: 'apps/tokenctl/src/dead-letters/replay.command.ts',
    text: 'if (!isTooLarge(error) || part.length === 1) throw error;',
    off: 'if (!isTooLarge(error) || part.length > 0) throw error;',
    spec: 'test/tokenctl/replay-in-small-messages.spec.ts',
    test: 'are replayed in smaller parts',
  },
];

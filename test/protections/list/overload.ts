import type { Protection } from '../protection.js';

const TURNS = 'apps/query/src/reading/turns.ts';
const SPEC = 'test/query/overload.spec.ts';

/** The query app while more is asked than it can answer. */
export const OVERLOAD: readonly Protection[] = [
  {
    name: 'turns-at-the-database',
    file: TURNS,
    text: 'else await this.turn();',
    off: '',
    spec: SPEC,
    test: 'over HTTP only so many requests are at the database',
  },
  {
    name: 'bounded-wait-for-a-turn',
    file: TURNS,
    text: 'this.looking ??= setInterval(() => this.refuseTheLate(), LOOK_EVERY_MS);',
    off: '',
    spec: SPEC,
    test: 'over NATS only so many requests are at the database',
  },
  {
    name: 'turns-are-passed-on',
    file: TURNS,
    text: 'if (next) next.isTurn();',
    off: 'if (next) this.queue.unshift(next);',
    spec: SPEC,
    test: 'a short stop of the database costs no answer',
  },
  {
    name: 'searches-have-turns-of-their-own',
    file: 'apps/query/src/reading/read-model-reader.ts',
    text: '[planned, turns.search]',
    off: '[planned, turns.plain]',
    spec: SPEC,
    test: 'a rush of searches keeps no plain list from being answered',
  },
  {
    name: 'refusals-fill-no-log',
    file: 'libs/service-runtime/src/http/error.filter.ts',
    text: 'if (thrown === OVERLOADED) return OVERLOADED.body(request.id);',
    off: '',
    spec: SPEC,
    test: 'refusals fill no log',
  },
  {
    name: 'stalled-readers-are-cut-off',
    file: 'libs/service-runtime/src/http/http-app.ts',
    text: '    connectionTimeout: STALLED_MS,\n',
    off: '',
    spec: 'test/query/slow-readers.spec.ts',
    test: 'one who takes nothing for a minute is cut off',
  },
];

import { traceParentOf } from './trace-parent.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const GOOD = `00-${TRACE}-${SPAN}-01`;

describe('traceParentOf', () => {
  test('reads trace, span, flags and state', () => {
    const state = 'congo=t61rcWkgMzE,rojo=00f067aa0ba902b7';
    expect(traceParentOf(GOOD, state)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1, state });
    expect(traceParentOf(`00-${TRACE}-${SPAN}-00`)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 0 });
  });

  test.each([`01-${TRACE}-${SPAN}-01`, `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`])(
    'reads what it knows of a later version: %s',
    (text) => {
      expect(traceParentOf(text)?.traceId).toBe(TRACE);
    },
  );

  test.each([
    undefined,
    null,
    5,
    [GOOD],
    '',
    'nonsense',
    GOOD.toUpperCase(),
    ` ${GOOD}`,
    `${GOOD}\n`,
    `${GOOD}-more`,
    `${GOOD}, ${GOOD}`,
    `ff-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.slice(1)}-${SPAN}-01`,
    `01-${TRACE}-${SPAN}-01-${'x'.repeat(500)}`,
    `01-${TRACE}-${SPAN}-01-\u0000`,
  ])('takes %j as not given', (text) => {
    expect(traceParentOf(text)).toBeUndefined();
  });

  test.each(['', 'x'.repeat(513), 'a=\u0000', 7])('leaves out the state %j, and keeps the rest', (state) => {
    expect(traceParentOf(GOOD, state)).toEqual({ traceId: TRACE, spanId: SPAN, flags: 1 });
  });
});

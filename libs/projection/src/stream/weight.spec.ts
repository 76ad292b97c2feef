import { weightOf } from './weight.js';

const payload = new Uint8Array();
const projection = { weigh: () => 1_000 };

describe('the weight of a message', () => {
  test('is the number of rows that its event can touch', () => {
    const event = { type: 'moved', eventId: '1' };
    expect(weightOf(projection, { payload, decoded: { kind: 'event', event } })).toBe(1_000);
  });

  test('is one for what cannot be applied', () => {
    expect(weightOf(projection, { payload, decoded: { kind: 'skipped', type: 'renamed' } })).toBe(1);
    expect(weightOf(projection, { payload, decoded: { kind: 'rejected', reason: 'not JSON' } })).toBe(1);
  });

  test('grows by one for each KiB', () => {
    const decoded = { kind: 'skipped', type: 'renamed' } as const;
    expect(weightOf(projection, { payload: new Uint8Array(10 * 1_024 + 1), decoded })).toBe(11);
  });
});

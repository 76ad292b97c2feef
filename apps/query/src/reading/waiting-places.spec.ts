import { OVERLOADED } from '#service-runtime/service-error.js';
import { WaitingPlaces } from './waiting-places.js';

const take = (places: WaitingPlaces, number: number, customers: readonly number[] | null) =>
  Array.from({ length: number }, () => places.take(customers));

describe('the places of those who wait for a change', () => {
  test('are for all callers, of whom those for the same customers leave three quarters to others', () => {
    const places = new WaitingPlaces();
    const [theirs] = take(places, 500, [1, 2]);
    for (const customers of [
      [1, 2],
      [2, 1],
    ])
      expect(() => places.take(customers)).toThrow('wait with fewer');
    const [others] = [...take(places, 500, [1]), ...take(places, 1_000, null)];
    expect(() => places.take([3])).toThrow(OVERLOADED);
    others!();
    expect(() => places.take([1, 2])).toThrow('wait with fewer');
    theirs!();
    take(places, 1, [1, 2]);
    take(places, 1, [1]);
    expect(() => places.take(null)).toThrow(OVERLOADED);
  });
});

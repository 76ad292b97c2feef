import { OVERLOADED } from '#service-runtime/service-error.js';
import { WaitingPlaces } from './waiting-places.js';

const take = (places: WaitingPlaces, number: number, tenant?: string) =>
  Array.from({ length: number }, () => places.take(tenant));

describe('the places of those who wait for a change', () => {
  test('are for all callers, of whom those for the same customers leave three quarters to others', () => {
    const places = new WaitingPlaces();
    const [theirs] = take(places, 500, 'one');
    expect(() => places.take('one')).toThrow('wait with fewer');
    const [others] = [...take(places, 500, 'two'), ...take(places, 1_000)];
    expect(() => places.take('three')).toThrow(OVERLOADED);
    others!();
    expect(() => places.take('one')).toThrow('wait with fewer');
    theirs!();
    take(places, 1, 'one');
    take(places, 1, 'two');
    expect(() => places.take(undefined)).toThrow(OVERLOADED);
  });
});

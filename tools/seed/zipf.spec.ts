import { Random } from './random.js';
import { Zipf } from './zipf.js';

function shareOfFirst(count: number): number {
  const zipf = new Zipf(count);
  const random = new Random(1, 1, 1);
  const draws = 50_000;
  let first = 0;
  for (let i = 0; i < draws; i++) if (zipf.rank(random.fraction()) === 1) first += 1;
  return first / draws;
}

describe('Zipf', () => {
  test.each([100, 3_000, 1_000_000])('gives the first of %d about 5 %%', (count) => {
    expect(shareOfFirst(count)).toBeCloseTo(0.05, 2);
  });

  test.each([1, 2, 10, 3_000])('draws ranks from 1 to %d only', (count) => {
    const zipf = new Zipf(count);
    expect(zipf.rank(0)).toBe(1);
    expect(zipf.rank(1 - 2 ** -32)).toBe(count);
  });
});

const EXPONENT = 1.1;
const TAIL = EXPONENT - 1;

/**
 * Ranks 1 to `count`, rank 1 the most frequent, weights (rank + shift)^-1.1. A plain Zipf with that exponent gives rank 1 more than 9 % of
 * the total; the shift gives rank 1 `largestShare`, or twice the even share if there are few ranks. The weights are integrals over [rank -
 * 0.5, rank + 0.5], so a draw is one power and needs no table.
 */
export class Zipf {
  private readonly shift: number;
  private readonly head: number;
  private readonly span: number;

  constructor(
    private readonly count: number,
    largestShare = 0.05,
  ) {
    this.shift = shiftFor(count, Math.max(largestShare, 2 / count));
    this.head = beyond(0.5, this.shift);
    this.span = this.head - beyond(count + 0.5, this.shift);
  }

  /** @param fraction from 0 up to, not including, 1 */
  rank(fraction: number): number {
    const point = (this.head - fraction * this.span) ** (-1 / TAIL) - this.shift;
    return Math.min(this.count, Math.max(1, Math.round(point)));
  }
}

function shiftFor(count: number, share: number): number {
  let low = 0;
  let high = 1_000_000;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (firstShare(count, middle) > share) low = middle;
    else high = middle;
  }
  return low;
}

function firstShare(count: number, shift: number): number {
  const head = beyond(0.5, shift);
  return (head - beyond(1.5, shift)) / (head - beyond(count + 0.5, shift));
}

/** The weight from a point to infinity, apart from a constant factor. */
function beyond(point: number, shift: number): number {
  return (point + shift) ** -TAIL;
}

/**
 * sfc32, seeded by (seed, index, purpose): every token has its own stream of numbers. So any token can be drawn again without those before
 * it, and a new property of a token does not change its other properties.
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: number, index: number, purpose: number) {
    this.a = scramble(seed, purpose);
    this.b = scramble(index, this.a);
    this.c = scramble(Math.floor(index / 2 ** 32), this.b);
    // Neighbouring indexes start from related states; a few rounds remove the relation.
    for (let round = 0; round < 8; round++) this.uint32();
  }

  uint32(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to, not including, 1. */
  fraction(): number {
    return this.uint32() / 2 ** 32;
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** An integer from 0 up to, not including, `end`. */
  below(end: number): number {
    return Math.floor(this.fraction() * end);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }
}

/** One-to-one on 32-bit integers for any one key (murmur3's finalizer): different ids never give the same value. */
export function scramble(value: number, key: number): number {
  let hash = value ^ Math.imul(key, 0x9e3779b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

import { Random } from './random.js';
import { PURPOSE, type SeedWorld } from './seed-world.js';
import { Zipf } from './zipf.js';

const MOST_PER_TOKEN = 20;
/** A limit, because every group may have a batch waiting: see `MembershipBatches`. */
const MOST_GROUPS = 500;

/** Draws a token's groups: 80 % have none, 18 % one to three, 2 % up to 20. */
export class GroupDraw {
  private readonly count: number;
  private readonly popularity: Zipf;

  constructor(private readonly world: SeedWorld) {
    this.count = Math.min(MOST_GROUPS, Math.max(MOST_PER_TOKEN, Math.ceil(world.tokens / 200)));
    this.popularity = new Zipf(this.count);
  }

  /** Group ids from 1, each at most once. */
  groupsOf(id: number): number[] {
    const random = new Random(this.world.seed, id, PURPOSE.groups);
    const drawn = random.fraction();
    if (drawn < 0.8) return [];
    const size = drawn < 0.98 ? 1 + random.below(3) : 4 + random.below(MOST_PER_TOKEN - 3);
    const first = this.popularity.rank(random.fraction());
    return Array.from({ length: size }, (_, step) => 1 + ((first - 1 + step) % this.count));
  }
}

import type { Leadership } from '../run/leadership.js';
import type { GenerationBuild } from './generation-build.js';
import type { JobProgress } from './job-progress.js';
import { atOnePosition } from './one-position.js';

/** A live generation that moves on between two batches, and what is fed to another one while it stands still. */
function world({ behind, refusals = 0 }: { behind: number; refusals?: number }) {
  const live = { sequence: 1_000 };
  const position = { sequence: 1_000 - behind };
  let isStill = false;
  const seen = { fedWhileStill: 0, fedBefore: 0, meetings: 0 };
  const build = {
    position,
    feedTo: (sequence: number) => {
      if (isStill && seen.meetings <= refusals) return Promise.resolve(false);
      const fed = Math.max(0, sequence - position.sequence);
      seen[isStill ? 'fedWhileStill' : 'fedBefore'] += fed;
      position.sequence += fed;
      return Promise.resolve(true);
    },
    takePosition: () => Promise.resolve(),
    applyDeferred: () => Promise.resolve(true),
    hasDeferred: () => Promise.resolve(false),
  } as unknown as GenerationBuild;
  const leading = {
    // So that nobody asks a database for deferred work.
    isOtherSchema: true,
    get position() {
      return live;
    },
    betweenBatches: async (work: (now: Leadership) => Promise<unknown>) => {
      live.sequence += 3;
      seen.meetings += 1;
      isStill = true;
      const result = await work(leading);
      isStill = false;
      return result;
    },
  } as unknown as Leadership;
  return { build, leading, live, seen };
}

const progress = { isHeldUp: false, pauseOrEnd: () => Promise.resolve() } as unknown as JobProgress;

const meeting = (build: GenerationBuild, leading: Leadership) => ({
  build,
  leading,
  progress,
  goal: () => Promise.resolve(leading.position),
  applyLetters: () => Promise.resolve(),
});

describe('two generations meet at one position', () => {
  test('having read what came meanwhile before the live one stands still', async () => {
    const { build, leading, live, seen } = world({ behind: 900 });
    const at = await atOnePosition(meeting(build, leading), () => Promise.resolve(build.position.sequence));
    expect(at).toBe(live.sequence);
    expect(seen).toEqual({ fedBefore: 900, fedWhileStill: 3, meetings: 1 });
  });

  test('by letting the live one go on where the rest takes too long, and trying again', async () => {
    const { build, leading, live, seen } = world({ behind: 0, refusals: 2 });
    const at = await atOnePosition(meeting(build, leading), () => Promise.resolve(build.position.sequence));
    expect(at).toBe(live.sequence);
    expect(seen).toEqual({ fedBefore: 6, fedWhileStill: 3, meetings: 3 });
  });
});

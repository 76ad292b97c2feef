import { Registry } from 'prom-client';
import type { SharedStates } from '../polling/shared-states.sql.js';
import type { VisibleStates } from '../polling/visible-states.js';
import type { QuerySettings } from '../settings.js';
import type { Page } from './kept-page.js';
import { PageCache } from './page-cache.js';

const KILOBYTE = 1_024;

describe('the page cache', () => {
  let told: (states: Partial<SharedStates>) => void;
  let registry: Registry;
  const opened: PageCache[] = [];

  beforeEach(() => {
    jest.useFakeTimers();
    jest.advanceTimersByTime(1_000);
  });
  afterEach(() => {
    for (const kept of opened.splice(0)) kept.onModuleDestroy();
    jest.useRealTimers();
  });

  function keeping(pageCacheBytes: number, pageCacheSeconds = 60): PageCache {
    registry = new Registry();
    const states = { whenRead: (listener: (states: SharedStates) => void) => (told = listener as typeof told) };
    const kept = new PageCache(
      { pageCacheBytes, pageCacheSeconds } as QuerySettings,
      states as unknown as VisibleStates,
      registry,
    );
    opened.push(kept);
    return kept;
  }

  /** Asked for twice. */
  function wanted(kept: PageCache, of: ReturnType<typeof list>, what: Page): void {
    kept.keep(of, what, kept.timesForgotten);
    kept.keep(of, what, kept.timesForgotten);
  }

  const page = (visible: string, bytes = 100): Page => ({
    json: Buffer.alloc(bytes, 'x'),
    links: {},
    tag: undefined,
    count: '1',
    visible,
  });
  const list = (name: string, customers: readonly number[] | null = null) => ({ name, customers, withState: true });
  const bytes = async () => (await registry.getSingleMetric('query_page_cache_bytes')!.get()).values[0]!.value;

  test('take no more memory than they may, and the oldest go', async () => {
    const kept = keeping(64 * KILOBYTE);
    for (let i = 0; i < 100; i += 1) {
      wanted(kept, list(`list ${i}`), page('1', 2 * KILOBYTE));
      expect(kept.find('list 0')).toBeDefined();
      expect(await bytes()).toBeLessThanOrEqual(64 * KILOBYTE);
    }
    expect(await bytes()).toBeGreaterThan(56 * KILOBYTE);
    expect([kept.find('list 1'), kept.find('list 99')]).toEqual([undefined, page('1', 2 * KILOBYTE)]);
  });

  test('are none that were wanted once', () => {
    const kept = keeping(64 * KILOBYTE);
    kept.keep(list('a'), page('1'), 0);
    expect(kept.find('a')).toBeUndefined();
    kept.keep(list('a'), page('1'), 0);
    expect(kept.find('a')).toEqual(page('1'));
  });

  test('are none that would take more than a sixteenth of it', () => {
    const kept = keeping(64 * KILOBYTE);
    wanted(kept, list('large'), page('1', 4 * KILOBYTE));
    wanted(kept, list('small'), page('1', 2 * KILOBYTE));
    expect([kept.find('large') === undefined, kept.find('small') === undefined]).toEqual([true, false]);
  });

  test.each([100, 20 * KILOBYTE])('hold no larger buffer than their own: %d bytes', (size) => {
    const kept = keeping(KILOBYTE * KILOBYTE);
    wanted(kept, list('a'), { ...page('1'), json: Buffer.alloc(64 * KILOBYTE).subarray(0, size) });
    expect(kept.find('a')!.json.buffer.byteLength).toBe(size);
  });

  test('go after their time, also if nobody asks for them', async () => {
    const kept = keeping(KILOBYTE * KILOBYTE);
    wanted(kept, list('a'), page('1'));
    jest.advanceTimersByTime(55_000);
    expect(kept.find('a')).toBeDefined();
    jest.advanceTimersByTime(15_000);
    expect(await bytes()).toBe(0);
  });

  test.each([
    [7, undefined],
    [8, page('2')],
  ])('are kept again as soon as they are read, if they were sent often: %d times', (times, found) => {
    const kept = keeping(KILOBYTE * KILOBYTE, 1);
    wanted(kept, list('a'), page('1'));
    for (let i = 0; i < times; i += 1) kept.wasFound('a', kept.find('a')!, true);
    jest.advanceTimersByTime(5_000);
    expect(kept.find('a')).toBeUndefined();
    kept.keep(list('a'), page('2'), 0);
    expect(kept.find('a')).toEqual(found);
    jest.advanceTimersByTime(12_000);
    kept.keep(list('a'), page('3'), 0);
    expect(kept.find('a')).toBeUndefined();
  });

  test('that are sent often are read again by one request before their time is over, and sent by the others meanwhile', () => {
    const kept = keeping(KILOBYTE * KILOBYTE, 1);
    const send = (times: number) => {
      for (let i = 0; i < times; i += 1) kept.wasFound('a', kept.find('a')!, true);
    };
    kept.keep(list('a'), page('1'), 0);
    jest.advanceTimersByTime(900);
    kept.keep(list('a'), page('1'), 0);
    send(8);
    jest.advanceTimersByTime(740);
    expect(kept.find('a')).toEqual(page('1'));
    jest.advanceTimersByTime(20);
    expect([kept.find('a'), kept.find('a')]).toEqual([undefined, page('1')]);
    kept.keep(list('a'), page('2'), 0);
    send(8);
    jest.advanceTimersByTime(760);
    expect([kept.find('a'), kept.find('a')]).toEqual([undefined, page('2')]);
    kept.keep(list('a'), page('2'), 0);
    send(7);
    jest.advanceTimersByTime(900);
    // It is not sent that often any more.
    expect(kept.find('a')).toEqual(page('2'));
    jest.advanceTimersByTime(200);
    expect(kept.find('a')).toBeUndefined();
  });

  test('are none that were read before an erasure that is known by now', () => {
    const kept = keeping(KILOBYTE * KILOBYTE);
    wanted(kept, list('a', [1]), page('1'));
    const { timesForgotten } = kept;
    told({ ofGeneration: '1', erased: new Set([1]) });
    kept.keep(list('a', [1]), page('1'), timesForgotten);
    expect(kept.find('a')).toBeUndefined();
    kept.keep(list('a', [1]), page('2'), kept.timesForgotten);
    expect(kept.find('a')).toEqual(page('2'));
  });

  test('of a list that changes all the time are asked about ever more rarely, until one is still true', () => {
    const kept = keeping(KILOBYTE * KILOBYTE);
    const looks: number[] = [];
    for (let request = 0; request < 300; request += 1) {
      const found = kept.find('a');
      if (found) {
        looks.push(request);
        for (let others = 0; others < 3; others += 1) kept.wasFound('a', found, false);
      }
      kept.keep(list('a'), page(String(request)), 0);
    }
    expect(looks.slice(0, 3)).toEqual([2, 3, 5]);
    expect(
      looks
        .slice(1)
        .map((at, i) => at - looks[i]!)
        .at(-1),
    ).toBe(64);
    for (let request = 0; !kept.find('a'); request += 1) expect(request).toBeLessThan(64);
    kept.wasFound('a', kept.find('a')!, true);
    kept.wasFound('a', kept.find('a')!, false);
    expect(kept.find('a')).toBeUndefined();
    kept.keep(list('a'), page('other'), 0);
    expect(kept.find('a')).toEqual(page('other'));
    kept.wasFound('a', kept.find('a')!, false);
    kept.keep(list('a'), page('another'), 0);
    expect([kept.find('a'), kept.find('a')]).toEqual([undefined, page('another')]);
  });

  test('of whom an erasure concerns go, and all of them where it may be anybody, or in another generation', () => {
    const kept = keeping(KILOBYTE * KILOBYTE);
    const all = [list('all'), list('one', [1]), list('two', [1, 2]), list('three', [3])];
    const left = () => all.filter(({ name }) => kept.find(name)).map(({ name }) => name);
    const fill = () => all.forEach((each) => wanted(kept, each, page('1')));
    fill();
    told({ ofGeneration: '1', erased: new Set() });
    expect(left()).toHaveLength(4);
    told({ ofGeneration: '1', erased: new Set([2]) });
    expect(left()).toEqual(['one', 'three']);
    fill();
    wanted(
      kept,
      list(
        'many',
        Array.from({ length: 11 }, (_, i) => i + 10),
      ),
      page('1'),
    );
    told({ ofGeneration: '1', erased: new Set([4]) });
    expect([kept.find('many'), left()]).toEqual([undefined, ['one', 'two', 'three']]);
    fill();
    told({ ofGeneration: '1', erased: undefined });
    expect(left()).toEqual([]);
    fill();
    told({ ofGeneration: '2', erased: new Set() });
    expect(left()).toEqual([]);
  });
});

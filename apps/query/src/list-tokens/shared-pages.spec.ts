import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { AnswerMemory } from '../reading/answer-memory.js';
import type { ReadPools } from '../reading/read-pools.js';
import type { ReadPage } from './page-reader.js';
import { SharedPages } from './shared-pages.js';

const PAGE_BYTES = 100;

describe('the readings of a page', () => {
  let memory: AnswerMemory;
  let shared: SharedPages;
  let readings: number;
  /** Of what the tables hold. */
  let position: number;

  beforeEach(() => {
    memory = new AnswerMemory(1_000_000);
    shared = new SharedPages({ memory } as ReadPools);
    [readings, position] = [0, 0];
  });

  /** Sees the tables as they are when it begins. */
  async function reading(ms: number): Promise<ReadPage> {
    readings += 1;
    const held = memory.reserve(PAGE_BYTES)!;
    const state = { position: String(position) };
    await sleep(ms);
    return { json: Buffer.alloc(PAGE_BYTES), state, held } as unknown as ReadPage;
  }

  test('none is of before a request, whenever they come and however long each takes', async () => {
    const request = fc.record({ name: fc.constantFrom('a', 'b'), after: fc.nat(3), takes: fc.nat(6) });
    let [asked, read] = [0, 0];
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 20 }), async (requests) => {
        readings = 0;
        const answers: Promise<void>[] = [];
        for (const { name, after, takes } of requests) {
          if (after > 0) await sleep(after);
          const atLeast = (position += 1);
          const answer = shared.read(name, undefined, () => reading(takes));
          answers.push(
            answer.then(({ state, held }) => {
              held.release();
              expect(Number(state.position)).toBeGreaterThanOrEqual(atLeast);
            }),
          );
        }
        await Promise.all(answers);
        asked += requests.length;
        read += readings;
        expect(memory.held).toBe(0);
      }),
      { numRuns: 50 },
    );
    expect(read).toBeLessThan(asked);
  });

  test('are two for all who come while one runs: that one, and one after it', async () => {
    const all = [
      shared.read('a', undefined, () => reading(20)),
      ...Array.from({ length: 9 }, () => shared.read('a', undefined, () => reading(1))),
    ];
    const pages = await Promise.all(all);
    expect(readings).toBe(2);
    // Each caller may take the page as slowly as it likes.
    expect(memory.held).toBe(10 * PAGE_BYTES);
    for (const { held } of pages) held.release();
    expect(memory.held).toBe(0);
  });

  test('do not wait for those of another page', async () => {
    const slow = shared.read('a', undefined, () => reading(100));
    let isSlowOver = false;
    void slow.then(() => (isSlowOver = true));
    await shared.read('b', undefined, () => reading(1));
    expect(isSlowOver).toBe(false);
    await slow;
  });

  test('that take long are made by each who waits, and by nobody else, and give their memory back', async () => {
    let isOver = false;
    const slow = shared.read('a', undefined, () => reading(500)).finally(() => (isOver = true));
    const others = Array.from({ length: 3 }, () => shared.read('a', undefined, () => reading(10)));
    for (const { held } of await Promise.all(others)) held.release();
    // It is known by now that it takes long.
    const atOnce = shared.read('a', undefined, () => reading(1));
    expect(readings).toBe(5);
    (await atOnce).held.release();
    expect(isOver).toBe(false);
    (await slow).held.release();
    await sleep(20);
    expect([readings, memory.held]).toEqual([5, 0]);
  });

  test('that come too late for who began them give their memory back', async () => {
    const first = shared.read('a', undefined, () => reading(10));
    const other = shared.read('a', undefined, () => reading(150));
    for (const { held } of await Promise.all([first, other])) held.release();
    await sleep(200);
    expect([readings, memory.held]).toEqual([3, 0]);
  });

  test('that fail for one are made by each of the others, with an end of their own', async () => {
    const failing = () => {
      readings += 1;
      return sleep(1).then(() => Promise.reject(new Error(`reading ${readings}`)));
    };
    const first = shared.read('a', undefined, failing);
    const others = [failing, () => reading(1), failing].map((each) => shared.read('a', undefined, each));
    const results = await Promise.allSettled([first, ...others]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled', 'rejected']);
    await expect(shared.read('a', undefined, () => reading(1))).resolves.toBeDefined();
  });

  test('are made by those for whom no memory is left, who wait for it as for any page', async () => {
    memory = new AnswerMemory(320);
    shared = new SharedPages({ memory } as ReadPools);
    await Promise.all(Array.from({ length: 3 }, () => shared.read('a', undefined, () => reading(1))));
    // Two of the pages fit.
    expect(readings).toBe(3);
  });

  test.each([
    ['ended', () => reading(1)],
    ['failed', () => Promise.reject<ReadPage>(new Error('the connection was lost'))],
  ])('are shared as ever a while after one that %s', async (_, before) => {
    await shared.read('a', undefined, before).then(
      ({ held }) => held.release(),
      () => undefined,
    );
    await sleep(60);
    readings = 0;
    await Promise.all(Array.from({ length: 5 }, () => shared.read('a', undefined, () => reading(1))));
    expect(readings).toBe(2);
  });

  test('take of the memory of their tenant, each', async () => {
    memory = new AnswerMemory(2_000);
    shared = new SharedPages({ memory } as ReadPools);
    await Promise.all(Array.from({ length: 15 }, () => shared.read('a', 'tenant', () => reading(1))));
    // Twelve of the pages fit into its share.
    expect(readings).toBe(3);
  });
});

import { setImmediate as nextTurn } from 'node:timers/promises';
import { AnswerMemory } from '../reading/answer-memory.js';
import type { Reading } from '../reading/reading.js';
import { SharedReadings } from './shared-readings.js';

const STATE = { position: '1', lagMs: '0', staleBecause: undefined };

describe('readings that callers share', () => {
  const DOCUMENT = 'x'.repeat(999);
  let memory: AnswerMemory;
  let shared: SharedReadings;
  /** By the order in which they began. */
  let begun: { readonly page: string; readonly end: () => void; readonly fail: () => void }[];

  beforeEach(() => {
    jest.useFakeTimers();
    memory = new AnswerMemory(16_000);
    shared = new SharedReadings();
    begun = [];
  });
  afterEach(() => jest.useRealTimers());

  /** @returns which of the readings the caller has got */
  const ask = (page: string) =>
    shared.read(
      page,
      () =>
        new Promise<Reading>((resolve, reject) => {
          const held = memory.reserve(2_000) ?? memory.reserve(0)!;
          const found = { state: STATE, count: `${begun.length + 1}`, documents: [DOCUMENT], bytes: 1_000, held };
          begun.push({ page, end: () => resolve(found), fail: () => reject(new Error('no')) });
        }),
    );
  const passed = (ms = 0) => jest.advanceTimersByTimeAsync(ms);

  test('have begun after each of them has asked', async () => {
    const first = ask('a');
    const later = [ask('a'), ask('a'), ask('a')];
    await passed();
    expect(begun).toHaveLength(1);
    begun[0]!.end();
    expect((await first).count).toBe('1');
    await passed();
    expect(begun).toHaveLength(2);
    const last = ask('a');
    begun[1]!.end();
    expect((await Promise.all(later)).map(({ count }) => count)).toEqual(['2', '2', '2']);
    await passed();
    begun[2]!.end();
    expect((await last).count).toBe('3');
  });

  test('are of one page, and are forgotten', async () => {
    const asked = [ask('a'), ask('b')];
    expect(begun.map(({ page }) => page)).toEqual(['a', 'b']);
    for (const { end } of begun) end();
    await Promise.all(asked);
    void ask('a');
    expect(begun).toHaveLength(3);
  });

  test('do not wait for long for a reading that takes long', async () => {
    void ask('a');
    const second = ask('a');
    await passed(1_100);
    begun[1]!.end();
    expect((await second).count).toBe('2');
  });

  test('fail for all who share them, and the next one begins', async () => {
    const asked = Promise.allSettled([ask('a'), ask('a'), ask('a')]);
    begun[0]!.fail();
    await passed();
    begun[1]!.fail();
    expect((await asked).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    void ask('a');
    expect(begun).toHaveLength(3);
  });

  async function readTogether(callers: number): Promise<readonly Promise<Reading>[]> {
    const [first, ...others] = Array.from({ length: callers + 1 }, () => ask('a'));
    begun[0]!.end();
    (await first!).held.release();
    await passed();
    return others;
  }

  test('take memory for each answer', async () => {
    const asked = await readTogether(3);
    begun[1]!.end();
    const [one, ...others] = await Promise.all(asked);
    expect(memory.held).toBeGreaterThanOrEqual(2_000 + 2 * 1_000);
    one!.held.release();
    expect(memory.held).toBeGreaterThanOrEqual(2 * 1_000);
    for (const { held } of others) held.release();
    expect(memory.held).toBe(0);
  });

  test('are not for an answer that finds no memory: it waits for its own', async () => {
    const asked = await readTogether(3);
    memory.reserve(8_500);
    begun[1]!.end();
    await passed();
    expect(begun).toHaveLength(4);
    for (const { end } of begun) end();
    expect((await Promise.all(asked)).map(({ count }) => count)).toEqual(['2', '3', '4']);
  });

  test('are handed over to a few callers in each turn, so that others are answered meanwhile', async () => {
    jest.useRealTimers();
    memory = new AnswerMemory(10_000_000);
    const [first, ...others] = Array.from({ length: 101 }, () => ask('a'));
    begun[0]!.end();
    await first;
    let done = 0;
    for (const other of others) void other.then(() => (done += 1));
    while (begun.length < 2) await nextTurn();
    begun[1]!.end();
    for (let before = 0; before < others.length;) {
      await nextTurn();
      expect(done - before).toBeLessThanOrEqual(20);
      before = done;
    }
  });
});

import { pino } from 'pino';
import { AnswerMemory, type HeldMemory } from './answer-memory.js';
import { AdmissionQueue } from './admission-queue.js';

const MOST = 1_600;

describe('the memory for answers', () => {
  let memory: AnswerMemory;
  let queue: AdmissionQueue;

  beforeEach(() => {
    jest.useFakeTimers();
    memory = new AnswerMemory(MOST);
    queue = new AdmissionQueue(8, memory, pino({ level: 'silent' }));
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const read = (bytes: number): Promise<HeldMemory> => queue.run(bytes, (held) => Promise.resolve(held));
  /** What has come of a request by now. */
  const outcome = async (asked: Promise<HeldMemory>): Promise<string> => {
    let known = 'waits';
    asked.then(
      () => (known = 'reads'),
      () => (known = 'refused'),
    );
    await jest.advanceTimersByTimeAsync(0);
    return known;
  };

  test('is held until the answer has gone out, and then goes to those who wait for it', async () => {
    const first = await read(1_000);
    const second = read(1_000);
    expect(await outcome(second)).toBe('waits');
    first.release();
    expect(await outcome(second)).toBe('reads');
    expect(memory.held).toBe(1_000);
  });

  test('is refused to those who wait for too long', async () => {
    await read(1_000);
    const late = outcome(read(1_000));
    await jest.advanceTimersByTimeAsync(1_100);
    expect(await late).toBe('waits');
    expect(queue.refusals).toBe(1);
  });

  test('goes to a small answer while a large one waits, the last quarter to small ones only', async () => {
    await read(1_200);
    expect(await outcome(read(200))).toBe('waits');
    expect(await outcome(read(100))).toBe('reads');
  });

  test('is given back as far as an answer does not need it, once, and wholly where reading fails', async () => {
    const held = await read(900);
    held.shrinkTo(300);
    held.shrinkTo(500);
    expect(memory.held).toBe(300);
    held.release();
    held.release();
    expect(memory.held).toBe(0);
    await expect(queue.run(900, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(memory.held).toBe(0);
  });

  test('goes to one tenant up to a half, and a little more for its small answers or for one that is larger', async () => {
    const ofOne = (bytes: number) => memory.reserve(bytes, 'one');
    const held = ofOne(700)!;
    expect([ofOne(200), memory.reserveForSlow(200, 'one'), held.besides(200)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    for (let i = 0; i < 3; i += 1) expect(ofOne(100)).toBeDefined();
    expect([ofOne(100), memory.reserve(100, 'other'), memory.reserve(100)]).toEqual([
      undefined,
      expect.anything(),
      expect.anything(),
    ]);
    held.release();
    expect(ofOne(200)).toBeDefined();
    expect(memory.reserve(900, 'third')).toBeUndefined();
  });

  test('goes to one answer of a tenant that is larger than its share, beside the body that asks for it', () => {
    expect(memory.reserveForSlow(200, 'one')).toBeDefined();
    expect(memory.reserve(900, 'one')).toBeDefined();
    expect(memory.reserve(10, 'one')).toBeUndefined();
  });
});

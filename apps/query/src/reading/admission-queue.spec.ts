import { pino } from 'pino';
import { OVERLOADED } from '#service-runtime/service-error.js';
import { AdmissionQueue } from './admission-queue.js';
import { AnswerMemory } from './answer-memory.js';

const logger = pino({ level: 'silent' });

/** Work that ends when it is told to, and what became of every request. */
class Requests {
  readonly begun: string[] = [];
  readonly outcomes = new Map<string, string>();
  private readonly ends: (() => void)[] = [];

  constructor(readonly queue: AdmissionQueue) {}

  ask(name: string, tenant?: string): void {
    const work = () => {
      this.begun.push(name);
      return new Promise<void>((resolve) => this.ends.push(resolve));
    };
    this.queue.run(0, work, tenant).then(
      () => this.outcomes.set(name, 'answered'),
      (error: unknown) => this.outcomes.set(name, error === OVERLOADED ? 'refused' : String(error)),
    );
  }

  async endNext(): Promise<void> {
    this.ends.shift()!();
    await jest.advanceTimersByTimeAsync(0);
  }
}

describe('the admission queue', () => {
  let requests: Requests;

  beforeEach(() => {
    jest.useFakeTimers();
    requests = new Requests(new AdmissionQueue(1, new AnswerMemory(1_000), logger));
    requests.ask('first');
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  test('admits requests in their order while none has waited for long', async () => {
    for (const name of ['second', 'third']) requests.ask(name);
    await requests.endNext();
    await requests.endNext();
    expect(requests.begun).toEqual(['first', 'second', 'third']);
  });

  test('admits the newest first once one has waited for long', async () => {
    requests.ask('old');
    await jest.advanceTimersByTimeAsync(300);
    requests.ask('new');
    await requests.endNext();
    await requests.endNext();
    expect(requests.begun).toEqual(['first', 'new', 'old']);
  });

  test('refuses the requests that have waited for too long, and no others', async () => {
    requests.ask('old');
    await jest.advanceTimersByTimeAsync(600);
    requests.ask('new');
    await jest.advanceTimersByTimeAsync(500);
    expect(Object.fromEntries(requests.outcomes)).toEqual({ old: 'refused' });
    expect([requests.queue.waiting, requests.queue.refusals]).toEqual([1, 1]);
    await requests.endNext();
    expect(requests.begun).toEqual(['first', 'new']);
  });

  test('refuses at once where too many wait', async () => {
    for (let i = 0; i < 5_001; i += 1) requests.ask(`waiting ${i}`);
    await jest.advanceTimersByTimeAsync(0);
    expect(Object.fromEntries(requests.outcomes)).toEqual({ 'waiting 5000': 'refused' });
  });

  test('admits the next request after work that fails, and is free again when none waits', async () => {
    const failing = new AdmissionQueue(1, new AnswerMemory(1_000), logger);
    const fails = () => failing.run(0, () => Promise.reject(new Error('no')));
    await expect(Promise.allSettled([fails(), fails()])).resolves.toMatchObject([{ reason: {} }, { reason: {} }]);
    await expect(failing.run(0, () => Promise.resolve('done'))).resolves.toBe('done');
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });

  test('admits requests of others before those of a tenant that has half of the places, and theirs when none waits', async () => {
    requests = new Requests(new AdmissionQueue(3, new AnswerMemory(1_000), logger));
    for (const name of ['a', 'b', 'c', 'd']) requests.ask(name, 'one');
    await jest.advanceTimersByTimeAsync(300);
    requests.ask('e', 'one');
    requests.ask('other', 'two');
    requests.ask('ours');
    requests.ask('f', 'one');
    for (let i = 0; i < 5; i += 1) await requests.endNext();
    expect(requests.begun).toEqual(['a', 'b', 'c', 'other', 'ours', 'f', 'e', 'd']);
    await jest.advanceTimersByTimeAsync(2_000);
    for (let i = 0; i < 3; i += 1) await requests.endNext();
    for (const name of ['g', 'h']) requests.ask(name, 'one');
    expect(requests.begun.slice(-2)).toEqual(['g', 'h']);
  });

  test('refuses a tenant before it has more than half of the places to wait, and admits others in their own order', async () => {
    requests = new Requests(new AdmissionQueue(3, new AnswerMemory(1_000), logger));
    for (let i = 0; i < 2_504; i += 1) requests.ask(`theirs ${i}`, 'one');
    await jest.advanceTimersByTimeAsync(300);
    expect(Object.fromEntries(requests.outcomes)).toEqual({ 'theirs 2503': 'refused' });
    for (const name of ['second', 'third']) requests.ask(name, 'two');
    await requests.endNext();
    await requests.endNext();
    expect(requests.begun.slice(-2)).toEqual(['second', 'third']);
  });
});

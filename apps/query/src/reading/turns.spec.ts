import { pino } from 'pino';
import { OVERLOADED } from '#service-runtime/service-error.js';
import { AnswerBytes } from './answer-bytes.js';
import { Turns } from './turns.js';

const logger = pino({ level: 'silent' });

/** Work that ends when it is told to, and what became of every request. */
class Desk {
  readonly begun: string[] = [];
  readonly outcomes = new Map<string, string>();
  private readonly ends: (() => void)[] = [];

  constructor(readonly turns: Turns) {}

  ask(name: string): void {
    const work = () => {
      this.begun.push(name);
      return new Promise<void>((resolve) => this.ends.push(resolve));
    };
    this.turns.take(0, work).then(
      () => this.outcomes.set(name, 'answered'),
      (error: unknown) => this.outcomes.set(name, error === OVERLOADED ? 'refused' : String(error)),
    );
  }

  async endNext(): Promise<void> {
    this.ends.shift()!();
    await jest.advanceTimersByTimeAsync(0);
  }
}

describe('turns', () => {
  let desk: Desk;

  beforeEach(() => {
    jest.useFakeTimers();
    desk = new Desk(new Turns(1, new AnswerBytes(1_000), logger));
    desk.ask('first');
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('come in the order of the requests while nobody waits for long', async () => {
    for (const name of ['second', 'third']) desk.ask(name);
    await desk.endNext();
    await desk.endNext();
    expect(desk.begun).toEqual(['first', 'second', 'third']);
  });

  it('come to the newest first once somebody has waited for long', async () => {
    desk.ask('old');
    await jest.advanceTimersByTimeAsync(300);
    desk.ask('new');
    await desk.endNext();
    await desk.endNext();
    expect(desk.begun).toEqual(['first', 'new', 'old']);
  });

  it('are refused to whoever has waited for too long, and to nobody else', async () => {
    desk.ask('old');
    await jest.advanceTimersByTimeAsync(600);
    desk.ask('new');
    await jest.advanceTimersByTimeAsync(500);
    expect(Object.fromEntries(desk.outcomes)).toEqual({ old: 'refused' });
    expect([desk.turns.waiting, desk.turns.refusals]).toEqual([1, 1]);
    await desk.endNext();
    expect(desk.begun).toEqual(['first', 'new']);
  });

  it('are refused at once where too many wait', async () => {
    for (let i = 0; i < 5_001; i += 1) desk.ask(`waiting ${i}`);
    await jest.advanceTimersByTimeAsync(0);
    expect(Object.fromEntries(desk.outcomes)).toEqual({ 'waiting 5000': 'refused' });
  });

  it('are passed on by work that fails, and are free again when nobody waits', async () => {
    const failing = new Turns(1, new AnswerBytes(1_000), logger);
    const fails = () => failing.take(0, () => Promise.reject(new Error('no')));
    await expect(Promise.allSettled([fails(), fails()])).resolves.toMatchObject([{ reason: {} }, { reason: {} }]);
    await expect(failing.take(0, () => Promise.resolve('done'))).resolves.toBe('done');
    expect(jest.getTimerCount()).toBeLessThanOrEqual(1);
  });
});

import { publishInWindow, withRetries } from './publish-window.js';

describe('publishInWindow', () => {
  test('never has more than the window outstanding, nor makes items ahead of it', async () => {
    let made = 0;
    let acknowledged = 0;
    let most = 0;
    function* items() {
      while (made < 500) {
        made += 1;
        most = Math.max(most, made - acknowledged);
        yield made;
      }
    }
    const publish = (item: number) => new Promise<number>((resolve) => setImmediate(resolve, item));
    await publishInWindow(items(), publish, () => (acknowledged += 1), 8);
    expect(acknowledged).toBe(500);
    expect(most).toBe(8);
  });

  test('awaits what is on its way and then throws the first failure', async () => {
    const acknowledged: number[] = [];
    const publish = async (item: number) => {
      if (item === 3) throw new Error('no third');
      return new Promise<number>((resolve) => setImmediate(resolve, item));
    };
    const run = publishInWindow([1, 2, 3, 4, 5, 6], publish, (item) => acknowledged.push(item), 3);
    await expect(run).rejects.toThrow('no third');
    expect(acknowledged).toEqual([1, 2]);
  });
});

describe('withRetries', () => {
  test('answers with the first attempt that succeeds', async () => {
    let attempts = 0;
    const flaky = () => (++attempts < 3 ? Promise.reject(new Error('not yet')) : Promise.resolve(attempts));
    await expect(withRetries(flaky, [0, 0, 0])).resolves.toBe(3);
  });

  test('throws the last failure', async () => {
    let attempts = 0;
    const broken = () => Promise.reject(new Error(`attempt ${++attempts}`));
    await expect(withRetries(broken, [0, 0])).rejects.toThrow('attempt 3');
  });
});

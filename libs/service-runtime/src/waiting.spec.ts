import { getEventListeners } from 'node:events';
import { unlessAborted } from './waiting.js';

describe('unlessAborted', () => {
  test('gives what the work comes to, and leaves nothing behind on the signal', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(signal, Promise.resolve('done'))).toBe('done');
    await expect(unlessAborted(signal, Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('gives undefined once the signal is aborted, or where it is already', async () => {
    const controller = new AbortController();
    const never = new Promise<string>(() => undefined);
    const waiting = unlessAborted(controller.signal, never);
    controller.abort();
    expect(await waiting).toBeUndefined();
    expect(await unlessAborted(controller.signal, never)).toBeUndefined();
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

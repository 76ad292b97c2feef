/** The result of the work; undefined once the signal is aborted. Leaves no listener on a signal that outlives the work. */
export async function unlessAborted<T>(signal: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let abort: (() => void) | undefined;
  const aborted = new Promise<undefined>((resolve) => {
    abort = () => resolve(undefined);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort);
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort!);
  }
}

/** The result of the work, or rejects as soon as the signal is aborted. */
export function rejectOnAbort<T>(signal: AbortSignal, work: Promise<T>, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(reason());
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

/** Waits for work that need not succeed, and no longer than this. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
  await Promise.race([work.catch(() => undefined), tooLate]);
  clearTimeout(timer);
}

/** Resolves with the result of the work, or rejects as soon as the signal is aborted. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal, reason: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const aborted = () => reject(reason());
    if (signal.aborted) aborted();
    signal.addEventListener('abort', aborted);
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted));
  });
}

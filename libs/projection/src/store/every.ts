/** Work that is repeated at intervals, never twice at once. */
export interface Periodic {
  /** Runs it now, after a run in progress: so an earlier, slower run cannot overwrite this result. */
  now(): Promise<void>;
  /** Waits for a run in progress. */
  stop(): Promise<void>;
}

/**
 * Repeats work at intervals. Work that takes longer than the interval does not run twice at once: the next run comes later.
 * @param failed called with a failure, after which the repetition continues. Left out: the same fault also stops the main work, which
 * reports it.
 */
export function every(
  ms: number,
  work: () => Promise<void>,
  failed: (error: unknown) => void = () => undefined,
): Periodic {
  let underWay = Promise.resolve();
  let isBusy = false;
  const now = () => {
    underWay = underWay.then(async () => {
      isBusy = true;
      await work()
        .catch(failed)
        .finally(() => (isBusy = false));
    });
    return underWay;
  };
  const timer = setInterval(() => {
    if (!isBusy) void now();
  }, ms);
  return {
    now,
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}

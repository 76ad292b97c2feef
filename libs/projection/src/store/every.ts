/** Work that is done now and then, never twice at once. */
export interface Periodic {
  /** Does it now, after what is under way: a look that began earlier cannot undo what this one sees. */
  now(): Promise<void>;
  /** Waits for what is under way. */
  stop(): Promise<void>;
}

/**
 * Does something now and then. One that takes longer than the interval is not done twice at once: the next one comes later.
 * @param failed told of a failure, after which it goes on; left out: what keeps this from working keeps the work itself too, which says so
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

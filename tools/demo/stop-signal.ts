/** npm passes Ctrl-C on to us although the terminal has already sent it: only a later signal counts as a second press. */
const SAME_PRESS_MS = 1_000;

/** Resolves at the first Ctrl-C or similar signal. If the user presses it again, the process ends at once. */
export function stopSignal(): Promise<void> {
  let since: number | undefined;
  return new Promise((resolve) => {
    const onSignal = () => {
      if (since === undefined) console.log('\nStopping ...');
      else if (performance.now() - since > SAME_PRESS_MS) process.exit(130);
      since ??= performance.now();
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}

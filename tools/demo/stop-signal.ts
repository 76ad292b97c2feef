/** npm passes Ctrl-C on to us although the terminal has sent it already: only a later one is a second one. */
const SAME_PRESS_MS = 1_000;

/** Resolves at the first Ctrl-C or its like. A user who presses it again does not want to wait for an orderly end. */
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

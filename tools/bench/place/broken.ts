import type { Exit } from '../../../test/support/own-process.js';

/** Rejects when a process ends; it needs no listener. */
export function brokenBy(name: string, exited: Promise<Exit>, output: () => string): Promise<never> {
  const broken = exited.then(({ code, signal }) => {
    throw new Error(`${name} has ended (${signal ?? `exit code ${code}`}):\n${output()}`);
  });
  broken.catch(() => undefined);
  return broken;
}

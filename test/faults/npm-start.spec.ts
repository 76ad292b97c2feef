import { childEnvironment, type AppEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { childrenOf } from '../support/children-of.js';
import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { JWT_SECRET } from '../support/jwt.js';
import { OwnProcess } from '../support/own-process.js';
import { createStream } from '../support/stream.js';

const WITHIN_MS = 10_000;

describe('an app started by npm', () => {
  let env: AppEnvironment;

  beforeAll(async () => {
    const [database, stream] = await Promise.all([createDatabase(), createStream()]);
    const ports = { HTTP_PORT: '0', PROJECTOR_HTTP_PORT: '0' };
    env = { ...database.env, ...stream.env, ...ports, HTTP_HOST: '127.0.0.1', JWT_SECRET };
  });

  /** What a supervisor starts, and the processes that came of it. */
  const start = async (script: string) => {
    const npm = new OwnProcess(`npm run ${script}`, 'npm', ['run', script], {
      env: childEnvironment(env),
      stopSignal: 'SIGTERM',
    });
    const details = () => npm.output;
    atEnd(`stopping ${npm.name}`, async () => void (await npm.stop(WITHIN_MS)));
    await eventually(`${script} to listen`, () => npm.output.includes('"msg":"listening"'), {
      within: 30_000,
      details,
    });
    const processes = descendantsOf(npm.pid);
    atEnd('ending what npm left behind', () => processes.forEach(end));
    return { npm, processes };
  };

  test.each([
    ['npm alone, as a supervisor of one process sends it', 'SIGTERM', 1],
    ['npm and app at once, as Ctrl-C and a supervisor of a group send it', 'SIGINT', -1],
  ] as const)('ends with 0 within 10 s of signals to %s, and leaves no process behind', async (_, name, group) => {
    const apps = await Promise.all(['start:query', 'start:projector'].map(start));
    for (const { npm } of apps) signal(group * npm.pid, name);
    // npm passes on what the app has got already: a second signal must not cut the orderly end short.
    for (const { npm, processes } of apps) {
      await eventually('it to begin to stop', () => npm.output.includes('"msg":"stopping"'), { every: 2 });
      for (const pid of processes) signal(pid, name);
    }
    for (const { npm, processes } of apps) {
      const details = () => npm.output;
      await eventually(`${npm.name} to end`, () => !processes.some(runs), { within: WITHIN_MS, details });
      expect(await npm.exited).toEqual({ code: 0, signal: null });
      expect(npm.output).toContain('"msg":"stopped"');
    }
  });
});

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function runs(pid: number): boolean {
  return signal(pid, 0);
}

function end(pid: number): void {
  signal(pid, 'SIGKILL');
}

/** @returns whether there was such a process (or, negative, such a group) */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

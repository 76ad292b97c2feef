import { childEnvironment, type AppEnvironment } from './app-environment.js';
import { OwnProcess, type Exit } from './own-process.js';

export interface Run {
  readonly exit: Exit;
  readonly stdout: string;
  /** Standard output and standard error in order of arrival. */
  readonly output: string;
}

/** Runs tokenctl to its end. */
export function runTokenctl(args: readonly string[], settings: AppEnvironment): Promise<Run> {
  return runToEnd('tokenctl', args, settings);
}

/** Runs an app that is expected to end by itself, for instance because of a wrong setting. */
export async function runToEnd(app: string, args: readonly string[], settings: AppEnvironment): Promise<Run> {
  let stdout = '';
  const command = [`dist/bin/${app}.js`, ...args];
  const process_ = new OwnProcess(`${app} ${args.join(' ')}`, process.execPath, command, {
    env: childEnvironment(settings),
    stopSignal: 'SIGTERM',
    onOutput: (text) => (stdout += text),
  });
  const exit = await process_.exited;
  return { exit, stdout, output: process_.output };
}

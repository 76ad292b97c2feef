import { OwnProcess } from '../../../test/support/own-process.js';
import { CONCURRENCY } from '../options.js';
import type { Load } from './load.js';

const AUTOCANNON = 'node_modules/autocannon/autocannon.js';

interface Result {
  readonly duration: number;
  readonly requests: { readonly total: number };
  readonly errors: number;
  readonly timeouts: number;
  readonly non2xx: number;
}

/** Sends the same request repeatedly from its own process. @throws if an answer is no success */
export async function askOverHttp(url: string, seconds: number, token?: string): Promise<Load> {
  let stdout = '';
  const authorization = token === undefined ? [] : ['-H', `authorization=Bearer ${token}`];
  const args = [AUTOCANNON, '--json', '--no-progress', '-c', String(CONCURRENCY), '-d', String(seconds), '-t', '60'];
  const load = new OwnProcess('autocannon', process.execPath, [...args, ...authorization, url], {
    stopSignal: 'SIGTERM',
    onOutput: (text) => (stdout += text),
  });
  const { code } = await load.exited;
  if (code !== 0) throw new Error(`autocannon ended with exit code ${code}:\n${load.output}`);
  const { duration, requests, errors, timeouts, non2xx } = JSON.parse(stdout) as Result;
  if (errors + timeouts + non2xx > 0)
    throw new Error(`${url}: ${errors} errors, ${timeouts} timeouts and ${non2xx} refusals under load`);
  return { answers: requests.total, seconds: duration };
}

import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { OwnProcess } from '../support/own-process.js';
import type { Protection } from './protection.js';

/** `caught`: an assertion failed, as it must. Anything else says that the test does not hold the protection. */
type Verdict = 'caught' | 'NOT CAUGHT' | 'NO SUCH TEST' | 'NO ASSERTION FAILED' | 'FAILS ANYWAY';

export interface SpecOutcome {
  readonly verdict: Verdict;
  /** The first line of the failure. */
  readonly words: string;
}

interface JestResults {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly failureMessages: readonly string[] }[];
  }[];
}

/** Of `expect` and of `eventually`. A time-out or a crash of the test proves nothing. */
const ASSERTION = /expect\(|Waited \d+ ms for/;
const SPEC_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 5_000;
const SPECIAL = /[.*+?^${}()|[\]\\]/g;

/** Runs the tests of one protection in a checkout, on real servers. */
export async function runSpec(checkout: string, { spec, test }: Protection): Promise<SpecOutcome> {
  const file = join(checkout, 'protection-results.json');
  await rm(file, { force: true });
  const jest = ['node_modules/jest/bin/jest.js', '--selectProjects', 'system', '--runTestsByPath', spec];
  const title = ['--testNamePattern', test.replace(SPECIAL, '\\$&')];
  const running = new OwnProcess(
    spec,
    process.execPath,
    [...jest, ...title, '--json', '--outputFile', file, '--no-color'],
    { cwd: checkout, env: { ...process.env, FORCE_COLOR: '0' }, stopSignal: 'SIGTERM' },
  );
  // Jest may stay after its last test, over something that the switched-off protection has left behind.
  await Promise.race([running.exited, sleep(SPEC_WITHIN_MS, undefined, { ref: false })]);
  await running.stop(STOP_WITHIN_MS).catch(() => undefined);
  const results = await readFile(file, 'utf8').catch(() => '{"testResults":[]}');
  return judge(JSON.parse(results) as JestResults, running.output);
}

function judge({ testResults }: JestResults, output: string): SpecOutcome {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const failures = tests.flatMap(({ failureMessages }) => failureMessages);
  const assertion = failures.find((message) => ASSERTION.test(message));
  if (assertion !== undefined) return { verdict: 'caught', words: firstLine(assertion) };
  if (failures.length > 0) return { verdict: 'NO ASSERTION FAILED', words: firstLine(failures[0]!) };
  if (tests.some(({ status }) => status === 'passed')) return { verdict: 'NOT CAUGHT', words: 'the test passes' };
  if (tests.length > 0) return { verdict: 'NO SUCH TEST', words: 'no title contains this' };
  return { verdict: 'NO ASSERTION FAILED', words: testResults[0]?.message || output.slice(-500) };
}

function firstLine(message: string): string {
  const lines = message.split('\n').filter((line) => ASSERTION.test(line));
  return (lines[0] ?? message.split('\n')[0]!).trim().slice(0, 150);
}

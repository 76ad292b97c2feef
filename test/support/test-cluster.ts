import { spawn } from 'node:child_process';
import { once } from 'node:events';

/*
 * npm run test:cluster -- [arguments for jest, for instance -t 'cut off']
 * Runs the tests on a cluster in several rounds, each on its own clusters: on a shared one, every round would read the events of all
 * earlier rounds. CLUSTER_RUNS is the number of rounds.
 */
const runs = Number(process.env['CLUSTER_RUNS'] || 20);
if (!Number.isSafeInteger(runs) || runs < 1) {
  console.error('CLUSTER_RUNS must be an integer from 1.');
  process.exit(2);
}

// Ctrl-C reaches jest directly; jest ends in order, and we end after it.
let isStopping = false;
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => (isStopping = true));

const JEST = [
  'node_modules/jest/bin/jest.js',
  '--selectProjects',
  'system',
  '--testPathPatterns',
  'test/cluster/',
  '-i',
];
let passed = 0;
for (let run = 1; run <= runs && !isStopping; run += 1) {
  const jest = spawn(process.execPath, [...JEST, ...process.argv.slice(2)], {
    env: { ...process.env, CLUSTER_TESTS: '1' },
    stdio: 'inherit',
  });
  const [code] = (await once(jest, 'exit')) as [number | null];
  passed += code === 0 ? 1 : 0;
  console.log(`Round ${run} of ${runs}: ${code === 0 ? 'passed' : 'failed'}. ${passed} of ${run} have passed.`);
}
process.exit(passed === runs ? 0 : 1);

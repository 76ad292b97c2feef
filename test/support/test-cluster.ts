import { spawn } from 'node:child_process';
import { once } from 'node:events';

/*
 * npm run test:cluster -- [arguments for jest, for instance -t 'cut off']
 * The tests on a cluster, round after round, each on clusters of its own: on one that lives on, every round would read back the events of
 * all rounds before it. CLUSTER_RUNS says how many rounds.
 */
const runs = Number(process.env['CLUSTER_RUNS'] || 20);
if (!Number.isSafeInteger(runs) || runs < 1) {
  console.error('CLUSTER_RUNS must be an integer from 1.');
  process.exit(2);
}

// Ctrl-C reaches jest by itself; it ends in order, and we after it.
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

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';

/*
 * npm run test:nats -- <path to a nats-server> [arguments for jest]
 * Runs all tests on that server, or those that the arguments select.
 */
const USAGE = 'usage: npm run test:nats -- <path to a nats-server> [arguments for jest, for instance test/faults]';
const WRONG_USAGE = 2;

function refuse(problem: string): never {
  console.error(`${problem}\n${USAGE}`);
  process.exit(WRONG_USAGE);
}

const [binary, ...chosen] = process.argv.slice(2);
if (!binary) refuse('No nats-server is named.');
if (process.env['NATS_URL']) refuse('NATS_URL is set: the tests would run on that server instead.');
const { stdout, error, status } = spawnSync(binary, ['--version'], { encoding: 'utf8', timeout: 10_000 });
const [version] = /v\d+\.\d+\.\d+\S*/.exec(stdout ?? '') ?? [];
if (status !== 0 || !version) refuse(`${binary} is no nats-server: ${error?.message ?? stdout}`);

console.log(`Tests on nats-server ${version} (${binary})`);
const jest = spawn(process.execPath, ['node_modules/jest/bin/jest.js', '--maxWorkers=3', ...chosen], {
  env: { ...process.env, NATS_SERVER_BIN: binary },
  stdio: 'inherit',
});
// Ctrl-C reaches jest directly; jest ends in order, and we end after it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
const [code] = (await once(jest, 'exit')) as [number | null];
console.log(`These were tests on nats-server ${version}: ${code === 0 ? 'all passed' : 'not all passed'}`);
process.exit(code ?? 1);

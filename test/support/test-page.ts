import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/*
 * npm run test:page -- [folder] Tests the API page in a headless Chromium, and writes screenshots into the folder. A command of its own:
 * not every machine has a Chromium.
 */
const [folder, ...others] = process.argv.slice(2);
if (others.length > 0 || folder?.startsWith('-')) {
  console.error('Usage: npm run test:page -- [folder for screenshots]');
  process.exit(2);
}

// Ctrl-C reaches jest directly; jest ends in order, and we end after it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);

const JEST = ['node_modules/jest/bin/jest.js', '--selectProjects', 'system', '--testPathPatterns', 'test/page/', '-i'];
const jest = spawn(process.execPath, JEST, {
  env: { ...process.env, PAGE_TESTS: '1', ...(folder === undefined ? {} : { SCREENSHOTS: resolve(folder) }) },
  stdio: 'inherit',
});
const [code] = (await once(jest, 'exit')) as [number | null];
process.exit(code ?? 1);

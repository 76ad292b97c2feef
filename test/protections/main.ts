import { cleanUp } from '../support/at-end.js';
import { stopSignal } from '../../tools/demo/stop-signal.js';
import { PROTECTIONS } from './protections.js';
import { runProtections } from './run.js';

/** What a shell reports for a program ended by Ctrl-C. */
const INTERRUPTED = 130;

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !PROTECTIONS.some((protection) => protection.name === name));
if (unknown.length > 0) {
  console.error(`There is no protection ${unknown.join(', ')}. There are:`);
  for (const { name } of PROTECTIONS) console.error(`  ${name}`);
  process.exit(2);
}
const chosen = PROTECTIONS.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
let code = INTERRUPTED;
try {
  await Promise.race([stopSignal(), runProtections(chosen).then((areAllCaught) => (code = areAllCaught ? 0 : 1))]);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  code = 1;
}
for (const problem of await cleanUp()) console.error(problem);
process.exit(code);

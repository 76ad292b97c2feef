import { cleanUp } from '../../test/support/at-end.js';
import { stopSignal } from '../demo/stop-signal.js';
import { benchCommand } from './command.js';
import { runBenches } from './run.js';

/** The exit code that a shell reports for a program ended by Ctrl-C. */
const INTERRUPTED = 130;

const problems: string[] = [];
let isFinished = false;
const command = benchCommand(async (benches, options) => {
  const stopped = stopSignal();
  const finished = runBenches(benches, options).then(() => (isFinished = true));
  await Promise.race([finished, stopped]);
});
try {
  await command.parseAsync();
} catch (error) {
  problems.push(`The benchmark failed: ${error instanceof Error ? error.message : String(error)}`);
}
problems.push(...(await cleanUp()));
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : isFinished ? 0 : INTERRUPTED);

import { cleanUp } from '../../test/support/at-end.js';
import { demoArguments } from './arguments.js';
import { runDemo } from './demo.js';
import { stopSignal } from './stop-signal.js';

/** The exit code that a shell reports for a program ended by Ctrl-C. */
const INTERRUPTED = 130;

const { isOnce } = demoArguments();
const stopped = stopSignal();
let isFinished = false;

async function untilStopped(): Promise<void> {
  const { broken, showAddresses } = await runDemo();
  isFinished = true;
  if (isOnce) {
    broken.catch(() => undefined);
    return;
  }
  showAddresses();
  console.log('\nCtrl-C stops everything and removes it.');
  await broken;
}

const problems: string[] = [];
try {
  await Promise.race([untilStopped(), stopped]);
} catch (error) {
  problems.push(`The demo failed: ${error instanceof Error ? error.message : String(error)}`);
}
problems.push(...(await cleanUp()));
for (const problem of problems) console.error(problem);
process.exit(problems.length > 0 ? 1 : isFinished ? 0 : INTERRUPTED);

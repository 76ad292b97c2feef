import { EXAMPLES } from './examples.js';
import { missingFor, runExample } from './run-example.js';

const HELP = `Usage: JWT=... [API_URL=...] [NATS_URL=...] [NATS_SUBJECT_PREFIX=...] npm run examples

Runs every file in examples/ against a running service. For the demo, first paste the line that it prints. An example whose language is not
installed is left out.`;

if (!process.env['JWT']) {
  console.error(`JWT is not set.\n\n${HELP}`);
  process.exit(2);
}

let failed = 0;
for (const example of EXAMPLES) {
  const missing = missingFor(example);
  console.log(`\n--- ${example.title}: examples/${example.file}`);
  if (missing !== undefined) {
    console.log(`Left out: ${missing}.`);
    continue;
  }
  try {
    process.stdout.write(await runExample(example, {}));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    failed += 1;
  }
}
process.exitCode = failed > 0 ? 1 : 0;

import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { asyncApiDocument } from '../libs/token-contract/src/asyncapi.js';

/** Writes docs/asyncapi.json from the schemas in the code; with `--check` it only compares, and fails on a difference. */
const file = new URL('asyncapi.json', import.meta.url);
const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const options = await resolveConfig(file);
const wanted = await format(JSON.stringify(asyncApiDocument(version)), { ...options, parser: 'json' });

if (process.argv.includes('--check')) {
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found !== wanted) {
    process.stderr.write('docs/asyncapi.json is out of date: run "npm run docs:asyncapi" and commit it.\n');
    process.exitCode = 1;
  }
} else {
  await writeFile(file, wanted);
}

import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

/**
 * Writes docs/<name>.json from the code; with `--check` it only compares, and fails on a difference.
 * @param make the document for a version of the product
 */
export async function keepUpToDate(name: string, make: (version: string) => object): Promise<void> {
  const file = new URL(`${name}.json`, import.meta.url);
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  const options = await resolveConfig(file);
  const wanted = await format(JSON.stringify(make(version)), { ...options, parser: 'json' });
  if (!process.argv.includes('--check')) return writeFile(file, wanted);
  const found = await readFile(file, 'utf8').catch(() => '');
  if (found === wanted) return;
  process.stderr.write(`docs/${name}.json is out of date: run "npm run docs:${name}" and commit it.\n`);
  process.exitCode = 1;
}

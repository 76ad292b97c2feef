import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

/**
 * Writes a file that is made from the code. With `--check` on the command line it only compares, and fails on a difference.
 * @param path from the root of the project
 * @param command the one that writes the file
 */
export async function writeGenerated(path: string, text: string, command: string): Promise<void> {
  const wanted = await format(text, { ...(await resolveConfig(path)), filepath: path });
  if (!process.argv.includes('--check')) return writeFile(path, wanted);
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found === wanted) return;
  process.stderr.write(`${path} is out of date: run "${command}" and commit it.\n`);
  process.exitCode = 1;
}

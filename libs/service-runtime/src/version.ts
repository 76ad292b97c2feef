import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The version in the package.json of a directory above this file: in a checkout and in the image, from every working directory. */
export const VERSION = (
  JSON.parse(readFileSync(packageJsonAbove(dirname(fileURLToPath(import.meta.url))), 'utf8')) as { version: string }
).version;

function packageJsonAbove(directory: string): string {
  const path = join(directory, 'package.json');
  if (existsSync(path)) return path;
  if (dirname(directory) === directory) throw new Error('There is no package.json above the compiled files.');
  return packageJsonAbove(dirname(directory));
}

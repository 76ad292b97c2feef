import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { atEnd } from '../support/at-end.js';
import { temporaryDirectory } from '../support/servers/temporary-directory.js';

const APPS = ['projector', 'query', 'tokenctl'];

/** This release with another number for its tables. @returns the directory to run it from */
export async function releaseOfSchema(version: number): Promise<string> {
  const directory = await temporaryDirectory('release');
  atEnd('removing the other release', () => directory.remove());
  const { path } = directory;
  await mkdir(join(path, 'dist/bin'), { recursive: true });
  await cp('package.json', join(path, 'package.json'));
  await symlink(join(process.cwd(), 'node_modules'), join(path, 'node_modules'));
  await Promise.all(APPS.map((app) => numberTables(join('dist/bin', `${app}.js`), path, version)));
  return path;
}

/** In the bundle of an app: to bundle it again would take seconds. */
async function numberTables(app: string, directory: string, version: number): Promise<void> {
  const text = await readFile(app, 'utf8');
  const now = `var SCHEMA_VERSION = ${SCHEMA_VERSION};`;
  if (!text.includes(now)) throw new Error(`${app} does not hold ${now}`);
  const numbered = text
    .replace(now, `var SCHEMA_VERSION = ${version};`)
    .replace(/^var (\w*READABLE\w*) = \d+;/gm, 'var $1 = 1;');
  await writeFile(join(directory, app), numbered);
}

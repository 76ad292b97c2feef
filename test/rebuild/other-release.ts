import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SCHEMA_VERSION } from '#token-read-model/generation-tables.js';
import { atEnd } from '../support/at-end.js';
import { bundleApps } from '../support/bundle.js';
import { temporaryDirectory } from '../support/servers/temporary-directory.js';

/** This release built with another number for its tables. @returns the directory to run it from */
export async function releaseOfSchema(version: number): Promise<string> {
  const directory = await temporaryDirectory('release');
  atEnd('removing the other release', () => directory.remove());
  const { path } = directory;
  await cp('dist', join(path, 'dist'), { recursive: true });
  await cp('package.json', join(path, 'package.json'));
  await symlink(join(process.cwd(), 'node_modules'), join(path, 'node_modules'));
  const tables = join(path, 'dist/libs/token-read-model/src/generation-tables.js');
  const text = await readFile(tables, 'utf8');
  const now = `const SCHEMA_VERSION = ${SCHEMA_VERSION};`;
  if (!text.includes(now)) throw new Error(`${tables} does not hold ${now}`);
  await writeFile(
    tables,
    text.replace(now, `const SCHEMA_VERSION = ${version};`).replace(/READABLE(_SINCE)? = \d+;/g, 'READABLE$1 = 1;'),
  );
  await bundleApps(path);
  return path;
}

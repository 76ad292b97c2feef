import { existsSync } from 'node:fs';
import { cp, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryDirectory, type TemporaryDirectory } from '../support/servers/temporary-directory.js';

const LEFT_OUT: ReadonlySet<string> = new Set(['.git', 'node_modules', 'coverage']);

/** Copies the built checkout we are in, with the installed packages linked, so that it can be spoilt. */
export async function copyCheckout(): Promise<TemporaryDirectory> {
  if (!existsSync('dist')) throw new Error('There is no dist to copy: run "npm run build" first.');
  const copy = await temporaryDirectory('protections');
  for (const name of await readdir('.')) {
    if (!LEFT_OUT.has(name)) await cp(name, join(copy.path, name), { recursive: true });
  }
  await symlink(join(process.cwd(), 'node_modules'), join(copy.path, 'node_modules'));
  return copy;
}

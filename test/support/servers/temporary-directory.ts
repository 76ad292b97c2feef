import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenParentDies } from '../when-parent-dies.js';

export interface TemporaryDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** Removes the directory also if this process dies. It waits so that a server which writes into the directory has ended. */
const REMOVE_LATER = 'sleep 7; rm -rf "$1"';

export async function temporaryDirectory(purpose: string): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(tmpdir(), `charging-tokens-${purpose}-`));
  const allIsWell = whenParentDies(REMOVE_LATER, path);
  const remove = async () => {
    await rm(path, { recursive: true, force: true });
    allIsWell();
  };
  return { path, remove };
}

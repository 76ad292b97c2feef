import { execFileSync } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atEnd } from '../support/at-end.js';
import { postgresAccount } from '../support/servers/postgres-account.js';
import { whenParentDies } from '../support/when-parent-dies.js';

const SIZE = '16m';
const CHUNKS = [64 * 1024, 4 * 1024];
const REMOVE = 'umount -l "$1"; rmdir "$1"';

/** A file system of a few megabytes which PostgreSQL may use, and which a test fills to the last block. */
export class SmallDisk {
  private constructor(readonly path: string) {}

  /** undefined where nothing can be mounted: not root, or no Linux. */
  static mount(): SmallDisk | undefined {
    const path = mkdtempSync(join(tmpdir(), 'charging-tokens-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=0700`, 'tmpfs', path], { stdio: 'ignore' });
    } catch {
      rmSync(path, { recursive: true });
      return undefined;
    }
    const allIsWell = whenParentDies(REMOVE, path);
    atEnd('unmounting a small disk', () => {
      execFileSync('/bin/sh', ['-c', REMOVE, 'remove', path]);
      allIsWell();
    });
    const account = postgresAccount();
    if (account) chownSync(path, account.uid, account.gid);
    return new SmallDisk(path);
  }

  fill(): void {
    const ballast = openSync(this.ballast, 'w');
    try {
      for (const size of CHUNKS) writeUntilFull(ballast, Buffer.alloc(size));
    } finally {
      closeSync(ballast);
    }
  }

  free(): void {
    rmSync(this.ballast);
  }

  private get ballast(): string {
    return join(this.path, 'ballast');
  }
}

function writeUntilFull(file: number, chunk: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, chunk) < chunk.length) return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      return;
    }
  }
}

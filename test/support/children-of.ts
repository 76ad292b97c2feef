import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** The process ids of a process's direct children. */
export function childrenOf(pid: number): number[] {
  const ids = existsSync('/proc/self/task') ? fromProc(pid) : fromPgrep(pid);
  return ids.split(/\s+/).filter(Boolean).map(Number);
}

function fromProc(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  } catch {
    return '';
  }
}

function fromPgrep(pid: number): string {
  try {
    return execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

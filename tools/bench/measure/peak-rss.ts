import { readFileSync } from 'node:fs';

/** The most memory a process has held so far, in MB; NaN where the system does not tell. */
export function peakRssMb(pid: number): number {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  } catch {
    return NaN;
  }
}

import { readFileSync } from 'node:fs';

/** The most memory that a process has used so far, in MB; NaN if the system does not report it. */
export function peakRssMb(pid: number): number {
  try {
    const kb = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kb) / 1024;
  } catch {
    return NaN;
  }
}

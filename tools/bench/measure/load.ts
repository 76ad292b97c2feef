import { readFileSync } from 'node:fs';

/** What came of asking for a while. */
export interface Load {
  readonly answers: number;
  readonly seconds: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  /** Processor time of the process that answers, for one answer: a busy machine disturbs it least. */
  readonly cpuMs: number;
}

/** @param pid the process that answers */
export async function underLoad(pid: number, load: () => Promise<Load>): Promise<LoadFigures> {
  const before = cpuSeconds(pid);
  const { answers, seconds } = await load();
  return { perSecond: answers / seconds, cpuMs: ((cpuSeconds(pid) - before) * 1_000) / answers };
}

/** The kernel counts in hundredths of a second, whatever its own clock does. */
const TICKS_PER_SECOND = 100;

/** Processor time a process has used so far, all its threads; NaN where the system does not tell. */
export function cpuSeconds(pid: number): number {
  try {
    // The name of the program is the second field, in brackets, and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}

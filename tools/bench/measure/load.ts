import { readFileSync } from 'node:fs';

/** The result of a time of load. */
export interface Load {
  readonly answers: number;
  readonly seconds: number;
}

export interface LoadFigures {
  readonly perSecond: number;
  /** Processor time of the answering process for one answer: a busy machine disturbs it least. */
  readonly cpuMs: number;
}

/** @param pid the answering process */
export async function underLoad(pid: number, load: () => Promise<Load>): Promise<LoadFigures> {
  const before = cpuSeconds(pid);
  const { answers, seconds } = await load();
  return { perSecond: answers / seconds, cpuMs: ((cpuSeconds(pid) - before) * 1_000) / answers };
}

/** The kernel counts in hundredths of a second, independent of its own clock rate. */
const TICKS_PER_SECOND = 100;

/** Processor time that a process has used so far, all its threads; NaN if the system does not report it. */
export function cpuSeconds(pid: number): number {
  try {
    // The second field is the name of the program, in brackets, and may hold any characters.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  } catch {
    return NaN;
  }
}

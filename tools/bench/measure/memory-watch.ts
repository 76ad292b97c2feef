import { readFileSync } from 'node:fs';
import { childrenOf } from '../../../test/support/children-of.js';

const EVERY_MS = 1_000;
/** What a command line must contain, and the name of the process in the report. */
const KINDS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/bin\/projector/, 'projector'],
  [/bin\/query/, 'query app'],
  [/nats-server/, 'nats-server'],
  [
    /^postgres: (checkpointer|background writer|walwriter|autovacuum|io worker|logical)/,
    'PostgreSQL, a process of its own',
  ],
  [/^postgres: /, 'PostgreSQL, a connection'],
];
const THIS = 'the benchmark itself';

/** MB. Memory of its own is what it shares with no other process and with no file. */
export interface PeakMemory {
  readonly resident: number;
  readonly own: number;
}

/** Looks every second how much memory this process and all that it has started use. Linux only. */
export class MemoryWatch {
  readonly peaks = new Map<string, PeakMemory>();
  private readonly timer = setInterval(() => this.look(), EVERY_MS);

  stop(): void {
    clearInterval(this.timer);
    this.look();
  }

  private look(): void {
    for (const pid of [process.pid, ...descendantsOf(process.pid)]) {
      const name = pid === process.pid ? THIS : nameOf(pid);
      const now = memoryOf(pid);
      if (!name || !now) continue;
      const peak = this.peaks.get(name);
      this.peaks.set(name, {
        resident: Math.max(now.resident, peak?.resident ?? 0),
        own: Math.max(now.own, peak?.own ?? 0),
      });
    }
  }
}

function nameOf(pid: number): string | undefined {
  const command = read(`/proc/${pid}/cmdline`)?.replaceAll('\0', ' ') ?? '';
  return KINDS.find(([pattern]) => pattern.test(command))?.[1];
}

function memoryOf(pid: number): PeakMemory | undefined {
  const status = read(`/proc/${pid}/status`);
  const mb = (figure: string) => Number(new RegExp(`^${figure}:\\s+(\\d+) kB$`, 'm').exec(status ?? '')?.[1]) / 1024;
  const [resident, own] = [mb('VmHWM'), mb('RssAnon')];
  return Number.isFinite(resident) && Number.isFinite(own) ? { resident, own } : undefined;
}

function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** A process may end while it is looked at. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

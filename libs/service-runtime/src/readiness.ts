import type { OnModuleDestroy } from '@nestjs/common';

/** undefined: no problem. Otherwise the problem, in words for an operator. */
export type ReadinessCheck = () => string | undefined;

/** A way for requests that can be not ready while the others are ready. */
export type Door = 'nats';

export interface ReadinessReport {
  readonly ready: boolean;
  /** The problems, by the name of the check. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Problems that affect only other doors, or none. */
  readonly degraded: Readonly<Record<string, string>>;
}

interface Check {
  readonly name: string;
  readonly problem: ReadinessCheck;
  /** `none`: the process stays ready. */
  readonly door: Door | 'none' | undefined;
}

/** Whether this process can take work, and if not, why. */
export class Readiness implements OnModuleDestroy {
  private readonly checks: Check[] = [];
  private stopping = false;

  /** @param door the only one that the problem affects; left out: every door */
  add(name: string, problem: ReadinessCheck, door?: Door): void {
    this.checks.push({ name, problem, door });
  }

  /** Adds a problem for an operator: it is reported as degraded, and the process stays ready. */
  tell(name: string, problem: ReadinessCheck): void {
    this.checks.push({ name, problem, door: 'none' });
  }

  /** From now on the process is not ready, whatever the checks say: it is stopping. */
  stop(): void {
    this.stopping = true;
  }

  /** Nest calls this first when an application closes. */
  onModuleDestroy(): void {
    this.stop();
  }

  /** @param door the way of the work; left out: HTTP */
  report(door?: Door): ReadinessReport {
    const reasons: Record<string, string> = this.stopping ? { process: 'is shutting down' } : {};
    const degraded: Record<string, string> = {};
    for (const check of this.checks) {
      const problem = check.problem();
      if (problem === undefined) continue;
      if (check.door === undefined || check.door === door) reasons[check.name] = problem;
      else degraded[check.name] = problem;
    }
    return { ready: Object.keys(reasons).length === 0, reasons, degraded };
  }
}

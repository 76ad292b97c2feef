import type { OnModuleDestroy } from '@nestjs/common';

/** undefined: fine. Otherwise the reason why not, in words for an operator. */
export type ReadinessCheck = () => string | undefined;

/** A door that can be closed while the others are open. */
export type Door = 'nats';

export interface ReadinessReport {
  readonly ready: boolean;
  /** Why not, by the name of the check. */
  readonly reasons: Readonly<Record<string, string>>;
  /** Problems that matter to other doors only, or to none. */
  readonly degraded: Readonly<Record<string, string>>;
}

interface Check {
  readonly name: string;
  readonly problem: ReadinessCheck;
  /** `none`: the process stays ready. */
  readonly door: Door | 'none' | undefined;
}

/** Whether this process should be sent work, and if not, why. */
export class Readiness implements OnModuleDestroy {
  private readonly checks: Check[] = [];
  private stopping = false;

  /** @param door the only one for which this matters; every door when left out */
  add(name: string, problem: ReadinessCheck, door?: Door): void {
    this.checks.push({ name, problem, door });
  }

  /** A problem for an operator: it is reported as degraded, and the process stays ready. */
  tell(name: string, problem: ReadinessCheck): void {
    this.checks.push({ name, problem, door: 'none' });
  }

  /** From now on not ready, whatever the checks say: the process is stopping. */
  stop(): void {
    this.stopping = true;
  }

  /** The first thing that happens when an application closes. */
  onModuleDestroy(): void {
    this.stop();
  }

  /** @param door the one that work would come through; left out: HTTP */
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

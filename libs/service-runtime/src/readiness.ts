/** undefined: fine. Otherwise the reason why not, in words for an operator. */
export type ReadinessCheck = () => string | undefined;

/** Whether this process should be sent work, and if not, why. */
export class Readiness {
  private readonly checks = new Map<string, ReadinessCheck>();
  private stopping = false;

  add(name: string, check: ReadinessCheck): void {
    this.checks.set(name, check);
  }

  /** From here on not ready, whatever the checks say: the process is on its way out. */
  stop(): void {
    this.stopping = true;
  }

  report(): { readonly ready: boolean; readonly reasons: Readonly<Record<string, string>> } {
    const reasons: Record<string, string> = this.stopping ? { process: 'is shutting down' } : {};
    for (const [name, check] of this.checks) {
      const reason = check();
      if (reason !== undefined) reasons[name] = reason;
    }
    return { ready: Object.keys(reasons).length === 0, reasons };
  }
}

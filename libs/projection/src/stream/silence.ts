const LOOK_EVERY_MS = 1_000;

/** Notices if a server that must answer is silent for too long. */
export class Silence {
  private heardAt = Infinity;
  private readonly timer: NodeJS.Timeout;

  /** @param isTooLong may be called more than once */
  constructor(limitMs: number, isTooLong: () => void) {
    this.timer = setInterval(() => {
      if (performance.now() - this.heardAt > limitMs) isTooLong();
    }, LOOK_EVERY_MS);
  }

  /** Restarts the clock: the next message is due. */
  heard(): void {
    this.heardAt = performance.now();
  }

  /** Stops the clock: no answer is due. */
  expectsNothing(): void {
    this.heardAt = Infinity;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

const LOOK_EVERY_MS = 1_000;

/** Notices when a server that must answer says nothing for too long. */
export class Silence {
  private heardAt = Infinity;
  private readonly timer: NodeJS.Timeout;

  /** @param isTooLong may be told more than once */
  constructor(limitMs: number, isTooLong: () => void) {
    this.timer = setInterval(() => {
      if (performance.now() - this.heardAt > limitMs) isTooLong();
    }, LOOK_EVERY_MS);
  }

  /** From here on something is to be heard. */
  heard(): void {
    this.heardAt = performance.now();
  }

  /** No answer is due. */
  expectsNothing(): void {
    this.heardAt = Infinity;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

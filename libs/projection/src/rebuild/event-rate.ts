const WINDOW_MS = 5_000;

/** Events per second over the last seconds. */
export class EventRate {
  private readonly marks: { readonly at: number; readonly position: number }[] = [];

  /** The following positions are of another stream. */
  reset(): void {
    this.marks.length = 0;
  }

  mark(position: number): void {
    const now = performance.now();
    this.marks.push({ at: now, position });
    while (this.marks.length > 2 && now - this.marks[0]!.at > WINDOW_MS) this.marks.shift();
  }

  get perSecond(): number {
    const [first, last] = [this.marks[0], this.marks.at(-1)];
    if (!first || !last || last.at === first.at) return 0;
    return Math.max(0, Math.round(((last.position - first.position) / (last.at - first.at)) * 1000));
  }
}

export type Activity = 'starting' | 'standing by' | 'projecting' | 'halted' | 'interrupted' | 'outdated';

/** What the projector is doing, as health tells it. */
export class ProjectorState {
  private activity: Activity = 'starting';
  private detail: string | undefined;

  /** @returns whether that is news */
  enter(activity: Activity, detail?: string): boolean {
    const isNews = activity !== this.activity || detail !== this.detail;
    this.activity = activity;
    this.detail = detail;
    return isNews;
  }

  /** undefined while it projects or stands by; otherwise what it does instead, and why. */
  get problem(): string | undefined {
    if (this.activity === 'projecting' || this.activity === 'standing by') return undefined;
    return this.detail === undefined ? this.activity : `${this.activity}: ${this.detail}`;
  }
}

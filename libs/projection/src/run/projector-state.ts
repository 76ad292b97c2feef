import { Injectable } from '@nestjs/common';
import { NoLongerLeads, type Leadership } from './leadership.js';

export type Activity = 'starting' | 'standing by' | 'projecting' | 'halted' | 'interrupted' | 'outdated';

/** The current activity of the projector, for health, and whether it leads. */
@Injectable()
export class ProjectorState {
  private activity: Activity = 'starting';
  private detail: string | undefined;
  /** Set while this process leads. */
  leading: Leadership | undefined;

  /** @throws {NoLongerLeads} */
  mustLead(): Leadership {
    if (!this.leading) throw new NoLongerLeads();
    return this.leading;
  }

  /** @returns whether the activity has changed */
  enter(activity: Activity, detail?: string): boolean {
    const isNews = activity !== this.activity || detail !== this.detail;
    this.activity = activity;
    this.detail = detail;
    return isNews;
  }

  /** undefined while it projects or is a standby; otherwise its activity, and why. */
  get problem(): string | undefined {
    if (this.activity === 'projecting' || this.activity === 'standing by') return undefined;
    return this.detail === undefined ? this.activity : `${this.activity}: ${this.detail}`;
  }
}

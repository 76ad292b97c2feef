import { Injectable } from '@nestjs/common';
import { NoLongerLeads, type Leadership } from './leadership.js';

export type Activity = 'starting' | 'standing by' | 'projecting' | 'halted' | 'interrupted' | 'outdated';

/** The current activity of the projector, for health, and whether it leads. */
@Injectable()
export class ProjectorState {
  private activity: Activity = 'starting';
  private detail: string | undefined;
  private led: Leadership | undefined;
  private lastLed: Leadership | undefined;

  /** Set while this process leads. */
  get leading(): Leadership | undefined {
    return this.led;
  }

  set leading(leading: Leadership | undefined) {
    this.led = leading;
    this.lastLed = leading ?? this.lastLed;
  }

  /** What it led until a failure, if it will lead again as far as it knows: no other projector answers operators meanwhile. */
  get interrupted(): Leadership | undefined {
    return this.led ? undefined : this.lastLed;
  }

  /** It stops, so it leaves operators to the next projector that leads. */
  stop(): void {
    this.lastLed = undefined;
  }

  /** @throws {NoLongerLeads} */
  mustLead(): Leadership {
    if (!this.leading) throw new NoLongerLeads();
    return this.leading;
  }

  /** @returns whether the activity has changed */
  enter(activity: Activity, detail?: string): boolean {
    const isNews = activity !== this.activity || detail !== this.detail;
    if (activity === 'standing by' || activity === 'outdated') this.lastLed = undefined;
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

import { Injectable, type BeforeApplicationShutdown } from '@nestjs/common';
import { Engine } from '../engine.js';
import { every, type Periodic } from '../store/every.js';
import { vacantEpoch } from '../store/lease.js';

const EVERY_MS = 500;
/** Time for a projector that can write the live generation, if there is one, to take the lease. */
const OTHERS_FIRST_MS = 5_000;
/** Nothing is known of the time between two checks that are further apart: this process may have stood still. */
const APART_MS = 2_000;

/** Measures how long no projector has led although it could, for a process that does not lead. */
@Injectable()
export class VacantLease implements BeforeApplicationShutdown {
  private vacant: { readonly epoch: string; readonly since: number; readonly until: number } | undefined;
  private checks: Periodic | undefined;

  constructor(private readonly engine: Engine) {}

  /** As the last check found it. */
  get isVacant(): boolean {
    return this.vacant !== undefined;
  }

  /** Whether no projector has taken the lease for a while. */
  get isLeftToUs(): boolean {
    return this.vacant !== undefined && this.vacant.until - this.vacant.since >= OTHERS_FIRST_MS;
  }

  /** While the database is away, nobody can take the lease: afterwards the others have all of their time again. */
  async check(): Promise<void> {
    const { pool, projection } = this.engine;
    const epoch = await vacantEpoch(pool, projection).catch((error: unknown) => {
      this.vacant = undefined;
      throw error;
    });
    const now = performance.now();
    const { vacant } = this;
    // With another epoch, a projector has led in between.
    const isStillSo = epoch === vacant?.epoch && vacant !== undefined && now - vacant.until <= APART_MS;
    this.vacant = epoch === undefined ? undefined : { epoch, since: isStillSo ? vacant.since : now, until: now };
  }

  /** Checks at intervals, also while the work that depends on it has failed and begins again later. */
  follow(): void {
    // If the database is away, the work itself stops and reports it.
    this.checks ??= every(EVERY_MS, () => this.check());
  }

  /** This process leads, or waits for the lease like any other. */
  leave(): void {
    void this.checks?.stop();
    this.checks = undefined;
    this.vacant = undefined;
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.checks?.stop();
  }
}

import { Injectable } from '@nestjs/common';
import { before } from '../reading/before.js';
import { tookTooLong } from '../reading/read-failure.js';
import { ReadPools } from '../reading/read-pools.js';
import type { ReadPage } from './page-reader.js';

/** A request that has no shared reading by then reads for itself: to wait for pages that take long costs more than it saves. */
const SHARED_WITHIN_MS = 50;
const NOBODY_WAITS = new Error('nobody waits for this reading any more');

/** The readings of one page. */
interface Line {
  readonly since: number;
  /** Settled when the reading of now has ended. */
  readonly running: Promise<unknown>;
  /** The one after it, for all who came meanwhile. It fails if all of them have left. */
  next: Promise<ReadPage> | undefined;
  waiting: number;
}

/**
 * Reads a page once for all who want it at the same time: one reading of a page runs at a time, and all that come meanwhile share the next
 * one. Nobody joins a reading that has begun, so nobody gets a page of before their request. If the shared reading fails, or takes long,
 * each reads for itself. Followers of changes (../list-changes/shared-readings.ts) never do: one change wakes hundreds of them at a time.
 */
@Injectable()
export class SharedPages {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly pools: ReadPools) {}

  /**
   * @param name of the page: two callers who give the same one get the same answer
   * @param tenant whose memory holds the page
   */
  async read(name: string, tenant: string | undefined, reading: () => Promise<ReadPage>): Promise<ReadPage> {
    const line = this.lines.get(name);
    if (!line) return this.begin(name, reading);
    if (performance.now() - line.since > SHARED_WITHIN_MS) return reading();
    const isFirst = line.next === undefined;
    const page = await this.next(line, name, reading, (late) => isFirst && late.held.release());
    const held = isFirst ? page?.held : page && this.pools.memory.reserve(page.json.length, tenant);
    return page && held ? { ...page, held } : reading();
  }

  /** undefined: it has failed, or is not there in time. @param drop gets a page that comes later */
  private async next(
    line: Line,
    name: string,
    reading: () => Promise<ReadPage>,
    drop: (late: ReadPage) => void,
  ): Promise<ReadPage | undefined> {
    line.next ??= line.running.then(() => {
      if (line.waiting === 0) throw NOBODY_WAITS;
      return this.begin(name, reading);
    });
    line.waiting += 1;
    const until = performance.now() + SHARED_WITHIN_MS;
    const page = await before(until, line.next, tookTooLong, drop).catch(() => undefined);
    line.waiting -= 1;
    return page;
  }

  private begin(name: string, reading: () => Promise<ReadPage>): Promise<ReadPage> {
    const page = reading();
    const over = () => void (line.waiting > 0 || this.lines.delete(name));
    const line: Line = { since: performance.now(), running: page.then(over, over), next: undefined, waiting: 0 };
    this.lines.set(name, line);
    return page;
  }
}

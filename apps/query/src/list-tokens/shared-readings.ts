import { Injectable } from '@nestjs/common';
import { before } from '../reading/before.js';
import { ReadPools } from '../reading/read-pools.js';
import type { ReadPage } from './page-reader.js';

/** Whoever has no shared reading by then reads for itself. */
const SHARED_WITHIN_MS = 250;
const TOO_LATE = new Error('the shared reading takes too long');

/** The readings of one page. */
interface Line {
  /** Settled when the reading of now has ended. */
  readonly running: Promise<unknown>;
  /** The one after it, for all who came meanwhile. */
  next: Promise<ReadPage> | undefined;
}

/**
 * Reads a page once for all who want it at the same time: one reading of a page runs at a time, and whoever comes meanwhile shares the next
 * one. Nobody joins a reading that has begun, so nobody gets a page of before their request.
 */
@Injectable()
export class SharedReadings {
  private readonly lines = new Map<string, Line>();

  constructor(private readonly pools: ReadPools) {}

  /**
   * @param name of the page: two callers who give the same one get the same answer, or the same error
   * @param tenant whose memory holds the page
   */
  async read(name: string, tenant: string | undefined, reading: () => Promise<ReadPage>): Promise<ReadPage> {
    const line = this.lines.get(name);
    if (!line) return this.begin(name, reading);
    const isFirst = line.next === undefined;
    const next = (line.next ??= line.running.then(() => this.begin(name, reading)));
    const page = await inTime(next, (late) => isFirst && late.held.release());
    const held = isFirst ? page?.held : page && this.pools.memory.reserve(page.json.length, tenant);
    return page && held ? { ...page, held } : reading();
  }

  private begin(name: string, reading: () => Promise<ReadPage>): Promise<ReadPage> {
    const page = reading();
    const over = () => void (line.next ?? this.lines.delete(name));
    const line: Line = { running: page.then(over, over), next: undefined };
    this.lines.set(name, line);
    return page;
  }
}

/** undefined: it was not. @param drop gets a page that comes later */
async function inTime(reading: Promise<ReadPage>, drop: (late: ReadPage) => void): Promise<ReadPage | undefined> {
  try {
    return await before(performance.now() + SHARED_WITHIN_MS, reading, () => TOO_LATE, drop);
  } catch (error) {
    if (error === TOO_LATE) return undefined;
    throw error;
  }
}

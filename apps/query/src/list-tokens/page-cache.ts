import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { Counter, Gauge, Registry } from 'prom-client';
import type { SharedStates } from '../polling/shared-states.sql.js';
import { VisibleStates } from '../polling/visible-states.js';
import { QuerySettings } from '../settings.js';
import { MANY_CUSTOMERS } from './list-scope.js';
import { OVERHEAD_BYTES, owned, sizeOf, type Kept, type Page } from './kept-page.js';
import type { WantedList } from './page-reader.js';

const MOST_PAGES = 20_000;
const FORGET_EVERY_MS = 1_000;
/** A page that was sent so often in its time is kept again with its first reading, if that comes within {@link BUSY_MS}. */
const BUSY_HITS = 8;
const BUSY_MS = 10_000;
/** Such a page is read again by one request when this part of its time is over, so that not all of them read it at its end. */
const RENEWED_AFTER = 3 / 4;
/** The names may take this part of the memory, beside that of the pages. */
const NAMES_SHARE = 1 / 16;
/** One page may take this part of the memory. */
const LARGEST_SHARE = 1 / 16;
/** Of a list that changes all the time, one request in this many asks. */
const MOST_PASSES = 63;

/**
 * The last pages, in a bounded memory; those not wanted for the longest time go first. A page that was kept says nothing of now: a
 * request that finds it asks for the state of its customers, and sends it only if that is the state it was read in.
 */
@Injectable()
export class PageCache implements OnModuleDestroy {
  private readonly pages: LRUCache<string, Kept> | undefined;
  private readonly wanted: LRUCache<string, true> | undefined;
  private readonly forgetting: NodeJS.Timeout | undefined;
  private readonly requests: Counter<'result'>;
  private ofGeneration: string | undefined;
  private forgotten = 0;

  constructor(
    { pageCacheBytes: most, pageCacheSeconds: seconds }: QuerySettings,
    states: VisibleStates,
    registry: Registry,
  ) {
    this.requests = new Counter({
      name: 'query_page_cache_requests_total',
      help: 'Requests for a list, by result: hit (from memory), or read: absent, changed, renewed (before its time is over), passed (it changes so often that nobody looked).',
      labelNames: ['result'],
      registers: [registry],
    });
    if (most === 0) return;
    const pages = (this.pages = new LRUCache<string, Kept>({
      max: MOST_PAGES,
      maxSize: most,
      maxEntrySize: Math.max(1, Math.floor(most * LARGEST_SHARE)),
      sizeCalculation: sizeOf,
      dispose: ({ hits }, name) => hits >= BUSY_HITS && this.wanted?.set(name, true, { ttl: BUSY_MS }),
      ttl: seconds * 1_000,
      perf: performance,
    }));
    const wanted = (this.wanted = wantedNames(most * NAMES_SHARE, seconds * 1_000));
    new Gauge({
      name: 'query_page_cache_bytes',
      help: 'Memory of the pages that are kept for further requests.',
      registers: [registry],
      collect() {
        this.set(pages.calculatedSize);
      },
    });
    states.whenRead((read) => this.forget(read));
    this.forgetting = setInterval(() => {
      pages.purgeStale();
      wanted.purgeStale();
    }, FORGET_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.forgetting);
  }

  get isOn(): boolean {
    return this.pages !== undefined;
  }

  /** How often pages were forgotten because of what happened to tokens. A reader of a page asks before, and tells {@link keep}. */
  get timesForgotten(): number {
    return this.forgotten;
  }

  /** undefined: the tables have to be read. */
  find(name: string): Page | undefined {
    const kept = this.pages?.get(name);
    const result = kept ? this.whyRead(name, kept) : 'absent';
    if (!result) return kept!.page;
    this.requests.inc({ result });
    return undefined;
  }

  /** undefined: it need not be read, if it is still true. */
  private whyRead(name: string, kept: Kept): string | undefined {
    if (kept.isOutdated) return 'changed';
    if (kept.passes > 0) {
      kept.passes -= 1;
      return 'passed';
    }
    if (kept.isRenewed || kept.hits < BUSY_HITS) return undefined;
    kept.isRenewed = this.pages!.getRemainingTTL(name) < (1 - RENEWED_AFTER) * this.pages!.ttl;
    return kept.isRenewed ? 'renewed' : undefined;
  }

  /** A request that has found a page says whether it is still true. */
  wasFound(name: string, page: Page, isTrue: boolean): void {
    this.requests.inc({ result: isTrue ? 'hit' : 'changed' });
    const kept = this.pages?.peek(name);
    if (kept?.page !== page) return;
    if (!isTrue) kept.isOutdated = true;
    else {
      kept.changes = 0;
      kept.hits += 1;
    }
  }

  /**
   * Only a page that is wanted for the second time, or was sent often a moment ago, is kept. Who asks for a list that changes between any
   * two requests has to read it anyway, so they ask ever more rarely.
   * @param timesForgotten from before it was read: if pages were forgotten since, it may show a token that is erased by now
   */
  keep({ name, customers }: WantedList, { json, links, tag, count, visible }: Page, timesForgotten: number): void {
    const wasWanted = this.wanted?.has(name);
    if (!wasWanted) this.wanted?.set(name, true);
    const former = this.pages?.peek(name);
    if (!(wasWanted || former?.isRenewed) || timesForgotten !== this.forgotten) return;
    const changes = (former?.changes ?? 0) + (former?.isOutdated ? 1 : 0);
    const passes = former?.isOutdated ? Math.min(2 ** (changes - 1) - 1, MOST_PASSES) : (former?.passes ?? 0);
    const page = { json: owned(json), links, tag, count, visible };
    this.pages?.set(name, { page, customers, hits: 0, changes, passes, isOutdated: false, isRenewed: false });
  }

  /** Pages of another generation are of no use any more, and those of an erased token must not stay. */
  private forget({ ofGeneration, erased }: SharedStates): void {
    const isOther = this.ofGeneration !== undefined && this.ofGeneration !== ofGeneration;
    this.ofGeneration = ofGeneration;
    if (!isOther && erased?.size === 0) return;
    this.forgotten += 1;
    if (isOther || !erased) this.pages?.clear();
    else
      for (const [name, { customers }] of this.pages!.entries())
        if (!isFew(customers) || customers.some((id) => erased.has(id))) this.pages!.delete(name);
  }
}

function wantedNames(bytes: number, ttl: number): LRUCache<string, true> {
  return new LRUCache({
    max: MOST_PAGES,
    maxSize: Math.max(1, Math.floor(bytes)),
    sizeCalculation: (_, name) => 2 * name.length + OVERHEAD_BYTES,
    ttl,
    perf: performance,
  });
}

/** To look at each of very many customers of very many pages would keep all requests waiting. */
function isFew(customers: readonly number[] | null): customers is readonly number[] {
  return customers !== null && customers.length <= MANY_CUSTOMERS;
}

import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { aTokenEvent } from '../../../test/support/builders.js';
import { publish } from '../../../test/support/publish.js';
import type { ListWatch } from '../freshness/list-watch.js';
import { cpuSeconds } from '../measure/load.js';
import type { Site } from '../place/site.js';

export const EVERY_MS = 50;
/** The pause between two readings. Together with the time of a reading it is the accuracy of the figures. */
const LOOK_EVERY_MS = 5;

/** Times of lone events, and of the writer's transactions meanwhile, in milliseconds. */
export interface LoneFigures {
  /** From the acknowledgement of an event's publish until the commit of its transaction. */
  readonly committed: readonly number[];
  /** From the commit until the list over HTTP shows it. */
  readonly listed: readonly number[];
  /** The longest time in which an event waited and the position did not move. */
  readonly withLivePaused: number;
  readonly longestTransaction: number;
  /** Processor time of the projector and of the server process that writes for it: a busy machine disturbs it least. */
  readonly cpuSeconds: number;
  /** From the beginning until the answers claim the wanted position. */
  readonly seconds: number;
}

interface Waiting {
  readonly version: number;
  readonly sequence: number;
  readonly since: number;
}

/** Changes a token that nothing else changes, again and again while other work runs. */
export class LoneEvents {
  private version = Date.now();

  /**
   * @param list the list's newest token
   * @param client its own connection
   * @param about the id of the token, and the process id of the projector
   */
  constructor(
    private readonly site: Site,
    private readonly list: ListWatch,
    private readonly client: pg.Client,
    private readonly about: { readonly id: number; readonly projector: number },
  ) {}

  /** @param begin returns the stream sequence that the answers must claim at the end */
  async during(begin: () => Promise<number>): Promise<LoneFigures> {
    const waiting = { commit: [] as Waiting[], list: [] as Waiting[] };
    const startedAt = performance.now();
    const cpuBefore = await this.cpuSeconds();
    let target = Infinity;
    let endedAt = NaN;
    const isOver = () => !Number.isNaN(endedAt);
    const isDone = () => isOver() && waiting.commit.length + waiting.list.length === 0;
    const publishing = inTicks(isOver, async () => {
      const event = await this.publishOne();
      waiting.commit.push(event);
      waiting.list.push(event);
    });
    const claims = (position: number) => {
      if (!isOver() && position >= target) endedAt = performance.now();
    };
    const [written, listed] = await Promise.all([
      this.watchCommits(waiting.commit, isDone),
      this.watchList(waiting.list, isDone, claims),
      begin().then((sequence) => (target = sequence)),
      publishing,
    ]);
    const cpu = (await this.cpuSeconds()) - cpuBefore;
    return { ...written, listed, cpuSeconds: cpu, seconds: (endedAt - startedAt) / 1_000 };
  }

  private async cpuSeconds(): Promise<number> {
    const { rows } = await this.client.query<{ pid: number }>(
      `select pid from pg_stat_activity where datname = current_database() and application_name = 'token-projector'`,
    );
    return cpuSeconds(this.about.projector) + rows.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
  }

  private async publishOne(): Promise<Waiting> {
    const version = (this.version += 1);
    const comment = `lone ${version}`;
    const event = aTokenEvent('token.updated', {
      id: this.about.id,
      version,
      comment,
      updatedAt: new Date().toISOString(),
    });
    const sequence = await publish(this.site, event);
    return { version, sequence, since: performance.now() };
  }

  private async watchCommits(waiting: Waiting[], isDone: () => boolean) {
    const committed: number[] = [];
    const still = new StandStill();
    let longestTransaction = 0;
    while (!isDone()) {
      const { rows } = await this.client.query<{ position: string; transaction: number | null }>(`
        select position, (
          select extract(epoch from max(clock_timestamp() - xact_start))::float8 * 1000 from pg_stat_activity
          where datname = current_database() and application_name = 'token-projector'
        ) as transaction from generation where state = 'live'`);
      const { position, transaction } = rows[0]!;
      longestTransaction = Math.max(longestTransaction, transaction ?? 0);
      committed.push(...timesUntilNow(waiting, ({ sequence }) => sequence <= Number(position)));
      still.look(Number(position), waiting[0]?.since);
      await sleep(LOOK_EVERY_MS);
    }
    return { committed, longestTransaction, withLivePaused: still.longest };
  }

  private async watchList(waiting: Waiting[], isDone: () => boolean, claims: (position: number) => void) {
    const listed: number[] = [];
    while (!isDone()) {
      const { body, position } = await this.list.look();
      claims(position);
      const shown = Number(/"comment":"lone (\d+)"/.exec(body)?.[1] ?? 0);
      listed.push(...timesUntilNow(waiting, ({ version }) => version <= shown));
      await sleep(LOOK_EVERY_MS);
    }
    return listed;
  }
}

class StandStill {
  longest = 0;
  private position = 0;
  private movedAt = performance.now();

  /** @param since when the first event that still waits was published */
  look(position: number, since: number | undefined): void {
    const now = performance.now();
    if (position !== this.position) [this.position, this.movedAt] = [position, now];
    else if (since !== undefined) this.longest = Math.max(this.longest, now - Math.max(this.movedAt, since));
  }
}

/** Removes the events that are visible now, and returns their times. */
function timesUntilNow(waiting: Waiting[], isSeen: (event: Waiting) => boolean): number[] {
  const now = performance.now();
  const times: number[] = [];
  while (waiting[0] && isSeen(waiting[0])) times.push(Math.max(0, now - waiting.shift()!.since));
  return times;
}

/** Follows the clock, but never runs two ticks at a time: after a late one the next follows at once. */
async function inTicks(isOver: () => boolean, tick: () => Promise<void>): Promise<void> {
  const startedAt = performance.now();
  for (let done = 1; !isOver(); done += 1) {
    await tick();
    const early = startedAt + done * EVERY_MS - performance.now();
    if (early > 0) await sleep(early);
  }
}

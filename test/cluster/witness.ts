import { setTimeout as sleep } from 'node:timers/promises';
import { contentOf } from '../faults/stream-content.js';
import { OBSERVED_CUSTOMERS } from '../rebuild/observed-world.js';
import { atEnd } from '../support/at-end.js';
import type { CloudEvent } from '../support/builders.js';
import { httpList } from '../support/clients.js';
import type { TestStream } from '../support/stream.js';
import { BURST_CUSTOMER, type ClusterTraffic } from './cluster-traffic.js';

const CLIENTS = 2;
const PAUSE_MS = 20;
const ALL = 1_000;
const SHOWN = 8;
/** The header is rounded to whole milliseconds, and our clock and the database's are read at different moments. */
const TOLERANCE_MS = 5;

interface Answer {
  /** `performance.now()` before the request was sent: the claim of its lag is made later than this. */
  readonly askedAt: number;
  readonly customerId: number;
  readonly position: number;
  readonly lagMs: number;
  readonly body: string;
}

/** Asks for lists over HTTP all the time, keeps the answers, and afterwards compares what they say with what was true. */
export class Witness {
  /** Requests that were not answered with 200, and answers that said they are stale. */
  readonly failed: string[] = [];
  /** Answers judged so far. */
  judged = 0;
  /** The longest that an acknowledged event was missing from answers, in milliseconds. */
  oldest = 0;
  private answers: Answer[] = [];
  private readonly running: Promise<unknown>;
  private isStopping = false;

  constructor(
    private readonly queryUrl: string,
    private readonly stream: TestStream,
    private readonly traffic: ClusterTraffic,
  ) {
    this.running = Promise.all(Array.from({ length: CLIENTS }, (_, client) => this.ask(client)));
    atEnd('ending the witness', () => this.stop());
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  /** Every answer since the last time, against what the stream holds by now. @returns what was wrong, the first of it in words */
  async judge(): Promise<string[]> {
    const answers = this.answers;
    this.answers = [];
    const bursts = await this.readBack();
    const promised = [...this.traffic.promised].sort((a, b) => a.at - b.at);
    const wrong = answers.flatMap((answer) => {
      const mistakes = [this.contentMistake(answer, bursts), this.lagMistake(answer, promised)];
      return mistakes.filter((mistake) => mistake !== undefined);
    });
    this.judged += answers.length;
    return wrong.length <= SHOWN
      ? wrong
      : [...wrong.slice(0, SHOWN), `and ${wrong.length - SHOWN} more of ${answers.length} answers`];
  }

  private async ask(client: number): Promise<void> {
    const customers = [...OBSERVED_CUSTOMERS, BURST_CUSTOMER];
    let before = 0;
    for (let turn = client; !this.isStopping; turn += 1) {
      const customerId = customers[turn % customers.length]!;
      const askedAt = performance.now();
      const { status, headers, body } = await httpList(this.queryUrl, {
        customerId,
        limit: customerId === BURST_CUSTOMER ? 1 : ALL,
      });
      const position = Number(headers.get('x-read-position'));
      if (status !== 200 || headers.has('x-read-stale'))
        this.failed.push(`${status} ${headers.get('x-read-stale')} ${body}`);
      else {
        if (position < before) this.failed.push(`the position went back from ${before} to ${position}`);
        before = position;
        this.answers.push({ askedAt, customerId, position, lagMs: Number(headers.get('x-read-lag-ms')), body });
      }
      await sleep(PAUSE_MS);
    }
  }

  /** Tells the world under which sequence each of its events is kept. @returns the sequences of the bursts' tokens, ascending */
  private async readBack(): Promise<number[]> {
    const bursts = new Map<number, number>();
    for (const { sequence, payload } of await contentOf(this.stream)) {
      const { id, data } = JSON.parse(Buffer.from(payload).toString()) as CloudEvent;
      this.traffic.storing.get(id)?.(sequence);
      this.traffic.storing.delete(id);
      const token = data as { id?: number; customerId?: number };
      if (token.customerId === BURST_CUSTOMER && !bursts.has(token.id!)) bursts.set(token.id!, sequence);
    }
    return [...bursts.values()];
  }

  /** The list must be the one of its position, to the letter. */
  private contentMistake({ customerId, position, body }: Answer, bursts: readonly number[]): string | undefined {
    if (customerId === BURST_CUSTOMER) {
      const { count } = JSON.parse(body) as { count: number };
      const expected = bursts.filter((sequence) => sequence <= position).length;
      return count === expected ? undefined : `at ${position} it counts ${count} of ${expected} burst tokens`;
    }
    const data = this.traffic.world.tokensAt(position, customerId);
    return body === JSON.stringify({ data, count: data.length })
      ? undefined
      : `at ${position} the list of customer ${customerId} is not the one of that position`;
  }

  /** Whatever was acknowledged before the moment at which the read model claims to have held everything must be in it. */
  private lagMistake({ askedAt, lagMs, position }: Answer, promised: ClusterTraffic['promised']): string | undefined {
    const complete = askedAt - lagMs - TOLERANCE_MS;
    let missing = 0;
    let missingFor = 0;
    for (const { sequence, at } of promised) {
      if (at > askedAt) break;
      if (sequence <= position) continue;
      missingFor ||= askedAt - at;
      if (at < complete) missing += 1;
    }
    this.oldest = Math.max(this.oldest, missingFor);
    return missing === 0
      ? undefined
      : `at ${position} it claims a lag of ${lagMs} ms, but lacks ${missing} events acknowledged before that, one for ${Math.round(missingFor)} ms`;
  }
}

import { jetstream } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../support/at-end.js';
import type { CloudEvent } from '../support/builders.js';
import { httpList, natsRequest, type Params, type Reply } from '../support/clients.js';
import { subjectOf } from '../support/publish.js';
import type { System } from '../support/system.js';
import { ObservedWorld, OBSERVED_CUSTOMERS } from './observed-world.js';
import { STILL_CUSTOMER } from './still-world.js';

const EVENTS_PER_SECOND = 200;
const ASK_PAUSE_MS = 10;
const ALL = 1_000;
const PAGE = 40;
const ACK_WITHIN_MS = 2_000;

type Ask = (params: Params) => Promise<Reply>;

/** 200 events a second, and requests on both doors without an end, each answer compared with what was true at its position. */
export class ConstantLoad {
  /** What was wrong with an answer, in words. */
  readonly wrong: string[] = [];
  /** Requests that were not answered with 200. */
  readonly failed: string[] = [];
  answers = 0;
  walks = 0;
  /** The longest an acknowledged event was missing from answers, in milliseconds. */
  oldest = 0;
  private readonly world = new ObservedWorld();
  private readonly stored: { readonly sequence: number; readonly at: number }[] = [];
  private readonly running: Promise<unknown>;
  private isStopping = false;

  constructor(private readonly system: System) {
    const { query, stream } = system;
    const http: Ask = (params) => httpList(query.url, params);
    const nats: Ask = (params) => natsRequest(stream.nats, `${stream.prefix}.list`, params);
    this.running = Promise.all([
      this.publish(),
      ...[http, http, nats].map((ask, client) => this.observe(ask, client)),
      ...[http, nats].map((ask) => this.walk(ask)),
    ]);
    atEnd('ending the load', () => this.stop());
  }

  get head(): number {
    return this.stored.at(-1)?.sequence ?? 0;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
  }

  private async publish(): Promise<void> {
    const { stream } = this.system;
    const client = jetstream(stream.nats, { timeout: ACK_WITHIN_MS });
    const startedAt = performance.now();
    for (let step = 0; !this.isStopping; step += 1) {
      const { event, stored } = this.world.next();
      const sequence = await this.untilStored(() =>
        client.publish(`${stream.prefix}.events.${subjectOf(event)}`, JSON.stringify(event), { msgID: idOf(event) }),
      );
      stored(sequence);
      this.stored.push({ sequence, at: performance.now() });
      const early = (step * 1_000) / EVENTS_PER_SECOND - (performance.now() - startedAt);
      if (early > 0) await sleep(early);
    }
  }

  /** The server may be away for a while; it knows the message again by its id. */
  private async untilStored(publish: () => Promise<{ readonly seq: number }>): Promise<number> {
    for (;;) {
      try {
        return (await publish()).seq;
      } catch (error) {
        if (this.isStopping) throw error;
        await sleep(100);
      }
    }
  }

  /** Lists of customers whose tokens change all the time. */
  private async observe(ask: Ask, client: number): Promise<void> {
    let before = 0;
    for (let turn = client; !this.isStopping; turn += 1) {
      const customerId = OBSERVED_CUSTOMERS[turn % OBSERVED_CUSTOMERS.length]!;
      const askedAt = performance.now();
      const reply = await this.ask(ask, { customerId, limit: ALL });
      if (reply) before = await this.compare(reply, customerId, before, askedAt);
      await sleep(ASK_PAUSE_MS);
    }
  }

  private async compare(reply: Reply, customerId: number, before: number, askedAt: number): Promise<number> {
    const position = Number(reply.headers.get('x-read-position'));
    if (position < before) this.wrong.push(`went back from ${before} to ${position}`);
    // An answer may know of an event before its publisher does.
    while (this.head < position && !this.isStopping) await sleep(1);
    if (this.head < position) return position;
    const data = this.world.tokensAt(position, customerId);
    const expected = JSON.stringify({ data, count: data.length });
    if (reply.body !== expected)
      this.wrong.push(`customer ${customerId} at ${position}: ${firstDifference(reply.body, expected)}`);
    const missing = this.stored.find(({ sequence }) => sequence > position);
    if (missing) this.oldest = Math.max(this.oldest, askedAt - missing.at);
    return position;
  }

  /** Walks through tokens that nobody touches, page by page: whatever happens meanwhile, every token comes once, in order. */
  private async walk(ask: Ask): Promise<void> {
    while (!this.isStopping) {
      const ids: number[] = [];
      for (let count = 1; ids.length < count && !this.isStopping;) {
        const params = { customerId: STILL_CUSTOMER, sortDirection: 'asc', limit: PAGE, offset: ids.length };
        const reply = await this.ask(ask, params);
        if (!reply) continue;
        const page = reply.json<{ data: { id: number }[]; count: number }>();
        ids.push(...page.data.map(({ id }) => id));
        ({ count } = page);
        if (page.data.length === 0) break;
        await sleep(ASK_PAUSE_MS);
      }
      if (this.isStopping) return;
      this.walks += 1;
      const isWhole = ids.length > PAGE && ids.every((id, i) => i === 0 || id === ids[i - 1]! + 1);
      if (!isWhole || ids[0] !== 1) this.wrong.push(`a walk came by ${ids.join(' ')}`);
    }
  }

  private async ask(ask: Ask, params: Params): Promise<Reply | undefined> {
    try {
      const reply = await ask(params);
      this.answers += 1;
      if (reply.status === 200) return reply;
      this.failed.push(`${reply.status} ${reply.body}`);
    } catch (error) {
      this.failed.push(String(error));
    }
    return undefined;
  }
}

function idOf({ id }: CloudEvent): string {
  return id || randomUUID();
}

function firstDifference(found: string, expected: string): string {
  let at = 0;
  while (at < found.length && found[at] === expected[at]) at += 1;
  const from = Math.max(0, at - 60);
  return `found ...${found.slice(from, at + 80)}, expected ...${expected.slice(from, at + 80)}`;
}

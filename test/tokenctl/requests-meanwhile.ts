import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, type Reply } from '../support/clients.js';
import { publish } from '../support/publish.js';
import type { System } from '../support/system.js';

const CHANGING = 1_000_001;
const PAGE = { limit: 30, customerId: 1 };

/** Requests on both doors and a token that changes all the time, while something else goes on. */
export class RequestsMeanwhile {
  /** What was wrong with an answer, in words. */
  readonly wrong: string[] = [];
  answers = 0;
  private readonly published: { readonly sequence: number; readonly comment: string }[] = [];
  private readonly running: Promise<unknown>;
  private readonly seen: { readonly position: number; readonly comment: string | undefined }[] = [];
  private isStopping = false;

  private constructor(
    private readonly system: System,
    private readonly page: string,
  ) {
    this.running = Promise.all([
      this.change(),
      this.ask(() => this.checkPage()),
      this.ask(() => this.lookAtChanging()),
    ]);
    atEnd('ending the requests', () => this.stop());
  }

  static async begin(system: System): Promise<RequestsMeanwhile> {
    return new RequestsMeanwhile(system, (await httpList(system.query.url, PAGE)).body);
  }

  async stop(): Promise<void> {
    if (this.isStopping) return;
    this.isStopping = true;
    await this.running;
    this.checkSeen();
  }

  private async change(): Promise<void> {
    for (let version = 1; !this.isStopping; version += 1) {
      const comment = `version ${version}`;
      const event = aTokenEvent('token.updated', { id: CHANGING, customerId: 999_999_999, version, comment });
      this.published.push({ sequence: await publish(this.system.stream, event), comment });
      await sleep(10);
    }
  }

  private async ask(look: () => Promise<void>): Promise<void> {
    while (!this.isStopping) {
      await look().catch((error: unknown) => this.wrong.push(String(error)));
      await sleep(5);
    }
  }

  /** Tokens that nobody changes, on both doors. */
  private async checkPage(): Promise<void> {
    const { stream, query } = this.system;
    for (const reply of [
      await httpList(query.url, PAGE),
      await natsRequest(stream.nats, `${stream.prefix}.list`, PAGE),
    ]) {
      this.count(reply);
      if (reply.body !== this.page) this.wrong.push(`${reply.status} ${reply.body.slice(0, 200)}`);
    }
  }

  private async lookAtChanging(): Promise<void> {
    const reply = await httpList(this.system.query.url, { search: String(CHANGING) });
    this.count(reply);
    const { data } = reply.json<{ data: { comment: string }[] }>();
    this.seen.push({ position: Number(reply.headers.get('x-read-position')), comment: data[0]?.comment });
  }

  /** The token that changes was as it was at the position of the answer, and positions never went back. */
  private checkSeen(): void {
    let before = 0;
    for (const { position, comment } of this.seen) {
      if (position < before) this.wrong.push(`went back from ${before} to ${position}`);
      before = position;
      const expected = this.published.findLast(({ sequence }) => sequence <= position)?.comment;
      if (comment !== expected) this.wrong.push(`at ${position}: ${comment}, not ${expected}`);
    }
  }

  private count(reply: Reply): void {
    this.answers += 1;
    if (reply.status !== 200) this.wrong.push(`${reply.status} ${reply.body}`);
  }
}

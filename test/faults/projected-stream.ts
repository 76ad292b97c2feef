import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import { listOf, tokensOf } from '../oracle/oracle.js';
import type { AppEnvironment } from '../support/app-environment.js';
import type { AppProcess } from '../support/app-process.js';
import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import type { System } from '../support/system.js';
import { notReady, ready } from './health.js';
import type { OwnServer } from '../support/servers/server.js';
import { startSystemOn } from './system-on.js';

export type Mismatch = 'missing' | 'recreated' | 'rewound' | 'purged' | 'different-message';

/** A read model that has applied a stream, and what may be done to that stream. */
export class ProjectedStream {
  /** What was published, in the order of the sequences, while the stream was the right one. */
  readonly published: CloudEvent[] = [];
  private lastId = 0;
  private lastVersion = 1;

  private constructor(
    readonly system: System,
    readonly manager: JetStreamManager,
    public projector: AppProcess,
  ) {}

  /** @param nats a server of the test's own */
  static async start(count: number, nats?: OwnServer): Promise<ProjectedStream> {
    const system = await startSystemOn(nats ? { nats } : {});
    const projected = new ProjectedStream(system, await jetstreamManager(system.stream.nats), system.projector);
    await projected.publish(count);
    await projected.isApplied();
    return projected;
  }

  get name(): string {
    return this.system.stream.name;
  }

  /** Publishes that many events of new tokens, which belong into the list. @param padding bytes to make each larger by */
  async publish(count: number, padding = 0): Promise<void> {
    await this.add(this.events(count).map((event) => ({ ...event, padding: 'x'.repeat(padding) })));
  }

  /** Publishes that many changes of one token. */
  async publishChanges(count: number): Promise<void> {
    const versions = Array.from({ length: count }, () => (this.lastVersion += 1));
    await this.add(versions.map((version) => aTokenEvent('token.updated', { id: 1, version })));
  }

  /**
   * Publishes that many events of new tokens on one subject, which names none of them. @param belong whether they are to come into the list
   */
  async publishTogether(count: number, belong = true): Promise<void> {
    const events = this.events(count);
    if (belong) this.published.push(...events);
    const { stream } = this.system;
    for (const event of events) await publishRaw(stream, JSON.stringify(event), { subject: 'together' });
  }

  /** Keeps no more than that many messages of every subject from now on. */
  async limitPerSubject(messages: number): Promise<void> {
    const { config } = await this.manager.streams.info(this.name);
    await this.manager.streams.update(this.name, { ...config, max_msgs_per_subject: messages });
  }

  /** Publishes that many events of new tokens, which must never come into the list. */
  async publishForeign(count: number): Promise<void> {
    await this.send(this.events(count));
  }

  isApplied(): Promise<void> {
    return waitForPosition(this.system.query.url, this.published.length);
  }

  /** Deletes the stream and creates it again under the same name. */
  async recreate(): Promise<void> {
    await this.manager.streams.delete(this.name);
    await this.manager.streams.add({ name: this.name, subjects: [`${this.system.stream.prefix}.events.>`] });
  }

  /** Removes every message before a sequence. */
  async purgeUpTo(sequence: number): Promise<void> {
    await this.manager.streams.purge(this.name, { seq: sequence });
  }

  /** Removes messages by their sequences. */
  async remove(...sequences: readonly number[]): Promise<void> {
    for (const sequence of sequences) await this.manager.streams.deleteMessage(this.name, sequence);
  }

  /**
   * @param meanwhile what happens while no projector runs
   * @param settings where it differs from the others
   */
  async restartProjector(
    meanwhile: () => Promise<void> = () => Promise.resolve(),
    settings: AppEnvironment = {},
  ): Promise<void> {
    await this.projector.stop();
    await meanwhile();
    this.projector = await startProjector({ ...this.system.env, ...settings }, { when: 'listening' });
  }

  /**
   * The change of the stream is told in health, metrics, log and answers; the list is that of the right events up to the
   * position, however many messages of the wrong stream there are.
   */
  async expectHalted(mismatch: Mismatch, words: RegExp): Promise<void> {
    const { projector } = this;
    const health = await notReady(projector, 'projector', words);
    expect(health.reasons['projector']).toMatch(/^halted: /);
    expect(await changes(projector)).toEqual([mismatch]);
    const line = await eventually('the log to tell', () => projector.logsWith('halted: ').at(-1));
    expect(line).toMatchObject({ level: 60, mismatch, position: expect.any(Number) as number });
    await this.expectList(`source-${mismatch}`);
  }

  /** The same again in a projector that starts before the changed stream. */
  async expectHaltedAfterRestart(mismatch: Mismatch, words: RegExp): Promise<void> {
    await this.restartProjector();
    await this.expectHalted(mismatch, words);
  }

  /** It goes on by itself. */
  async expectWell(): Promise<void> {
    await ready(this.projector);
    await this.isApplied();
    expect(await changes(this.projector)).toEqual([]);
    await this.expectList(null);
  }

  private async add(events: readonly CloudEvent[]): Promise<void> {
    this.published.push(...events);
    await this.send(events);
  }

  private async send(events: readonly CloudEvent[]): Promise<void> {
    // The server may have been restarted a moment ago.
    const { nats } = this.system.stream;
    await eventually('our own connection to be back', () => nats.rtt());
    await publish(this.system.stream, events);
  }

  private async expectList(stale: string | null): Promise<void> {
    const reply = await eventually('the list to say whether it is stale', async () => {
      const answer = await httpList(this.system.query.url, { limit: 1_000 });
      return answer.headers.get('x-read-stale') === stale && answer;
    });
    const position = Number(reply.headers.get('x-read-position'));
    expect(position).toBeLessThanOrEqual(this.published.length);
    const applied = this.published.slice(0, position).map(domainEvent);
    expect(reply.json<{ data: TokenDocument[] }>()).toEqual(listOf(tokensOf(applied), { limit: 1_000 }));
  }

  private events(count: number): CloudEvent[] {
    return Array.from({ length: count }, () => aTokenEvent('token.created', { id: (this.lastId += 1) }));
  }
}

function domainEvent({ type, id, time, data }: CloudEvent): DomainEvent {
  return { type, eventId: id, time, data } as DomainEvent;
}

/** The ways in which the stream is said to have changed. */
async function changes(projector: AppProcess): Promise<string[]> {
  return Array.from(await projector.metrics()).flatMap(([key, value]) => {
    const [, mismatch] = /^projector_source_changed\{mismatch="(.+)"\}$/.exec(key) ?? [];
    return mismatch !== undefined && value === 1 ? [mismatch] : [];
  });
}

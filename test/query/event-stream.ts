/// <reference types="jest" />
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { atEnd } from '../support/at-end.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { applyChanges, type Change, type ChangesAnswer } from './mirror.js';
import type { TokenDocument } from '#token-read-model/document.js';

export interface ReceivedEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

/** A client of server-sent events, which parses them as a browser does. */
export class EventStream {
  readonly events: ReceivedEvent[] = [];
  heartbeats = 0;
  hasEnded = false;
  wasCut = false;
  private text = '';

  private constructor(readonly response: IncomingMessage) {
    response.on('end', () => (this.hasEnded = true));
    response.on('error', () => (this.wasCut = true));
  }

  /** @param lastId of the last event, as a browser sends it again */
  static async open(url: string, token?: string, lastId?: string): Promise<EventStream> {
    const stream = await EventStream.paused(url, token, lastId);
    stream.read();
    return stream;
  }

  /** Reads nothing before {@link read}. */
  static async paused(url: string, token?: string, lastId?: string): Promise<EventStream> {
    const agent = new Agent();
    atEnd('closing a stream of events', () => agent.destroy());
    const headers = {
      accept: 'text/event-stream',
      'accept-encoding': 'gzip, br',
      authorization: `Bearer ${token ?? (await signToken())}`,
      ...(lastId === undefined ? {} : { 'last-event-id': lastId }),
    };
    const [response] = (await once(request(url, { agent, headers }).end(), 'response')) as [IncomingMessage];
    return new EventStream(response);
  }

  read(): void {
    this.response.setEncoding('utf8').on('data', (text: string) => this.take(text));
  }

  leave(): void {
    this.response.destroy();
  }

  get changes(): readonly Change[] {
    return this.events.flatMap(({ event, data }) => (event === 'changes' ? (data as ChangesAnswer).data : []));
  }

  get tokens(): ReadonlyMap<number, TokenDocument> {
    const mirror = new Map<number, TokenDocument>();
    applyChanges(mirror, this.changes);
    return mirror;
  }

  get last(): ReceivedEvent | undefined {
    return this.events.at(-1);
  }

  /** Until everything up to a position has come. */
  async isComplete(position = 0): Promise<void> {
    await eventually(`everything up to ${position}`, () => {
      const { event, data } = this.last ?? {};
      return event === 'complete' && (data as { position: number }).position >= position;
    });
  }

  async ended(within?: number): Promise<void> {
    await eventually('the stream to end', () => this.hasEnded, within === undefined ? {} : { within });
  }

  private take(text: string): void {
    this.text += text;
    for (let end = this.text.indexOf('\n\n'); end >= 0; end = this.text.indexOf('\n\n')) {
      this.add(this.text.slice(0, end));
      this.text = this.text.slice(end + 2);
    }
  }

  private add(block: string): void {
    if (block.startsWith(':')) return void (this.heartbeats += 1);
    const fields = new Map(block.split('\n').map((line) => [line.split(':')[0], line.slice(line.indexOf(':') + 2)]));
    this.events.push({ event: fields.get('event')!, id: fields.get('id'), data: JSON.parse(fields.get('data')!) });
  }
}

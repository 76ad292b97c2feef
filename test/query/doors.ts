/// <reference types="jest" />
import type { NatsConnection } from '@nats-io/transport-node';
import { httpList, httpRequest, natsRequest, type Reply } from '../support/clients.js';

/** Parameters as a NATS caller writes them; over HTTP their texts are sent. */
export type Values = Readonly<Record<string, string | number | boolean | readonly number[]>>;

export interface Caller {
  /** A JWT that is sent on both doors. Left out: one that sees everything over HTTP, none over NATS. */
  readonly token?: string;
}

interface Place {
  readonly url: string;
  readonly nats: NatsConnection;
  readonly prefix: string;
}

let lastRequest = 0;

/** Both doors of one query app. Every request here also tests that they answer the same, byte for byte. */
export class Doors {
  constructor(private readonly place: Place) {}

  /** Asks three times: over HTTP, over NATS with the same texts, over NATS with native JSON values. @returns HTTP's reply */
  async list(values: Values = {}, caller: Caller = {}): Promise<Reply> {
    const texts = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    const headers = this.sameRequest();
    const [http, ofTexts, ofValues] = await Promise.all([
      httpList(this.place.url, texts, { ...caller, headers }),
      this.overNats('list', texts, caller, headers),
      this.overNats('list', values, caller, headers),
    ]);
    expect(essence(ofTexts)).toEqual(essence(http));
    // An error quotes what it found, and a text is quoted.
    if (http.status === 200) expect(essence(ofValues)).toEqual(essence(http));
    else expect(ofValues.status).toBe(http.status);
    return http;
  }

  /** Asks for one token on both doors. */
  async get(id: number | string, caller: Caller = {}): Promise<Reply> {
    const headers = this.sameRequest();
    const [http, nats] = await Promise.all([
      httpRequest(`${this.place.url}/v2/tokens/${encodeURIComponent(id)}`, { ...caller, headers }),
      this.overNats('get', { id: String(id) }, caller, headers),
    ]);
    expect(essence(nats)).toEqual(essence(http));
    return http;
  }

  /** Asks for tokens by uids and labels on both doors. @param body a JSON object, or a text that is sent as it is */
  async resolve(body: string | object, caller: Caller = {}): Promise<Reply> {
    const headers = this.sameRequest();
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const asked = {
      ...caller,
      headers: { ...headers, 'content-type': 'application/json' },
      method: 'POST',
      body: text,
    };
    const [http, nats] = await Promise.all([
      httpRequest(`${this.place.url}/v2/tokens/resolve`, asked),
      this.overNats('resolve', text, caller, headers),
    ]);
    expect(essence(nats)).toEqual(essence(http));
    return http;
  }

  /** Asks for changes on both doors. */
  async changes(values: Values = {}, caller: Caller = {}): Promise<Reply> {
    const query = new URLSearchParams(
      Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    const headers = this.sameRequest();
    const [http, nats] = await Promise.all([
      httpRequest(`${this.place.url}/v2/tokens/changes?${query}`, { ...caller, headers }),
      this.overNats('changes', values, caller, headers),
    ]);
    expect(essence(nats)).toEqual(essence(http));
    return http;
  }

  /** Over HTTP only. @param query spelt as it goes onto the wire, with its `?` */
  http(query: string): Promise<Reply> {
    return httpList(this.place.url, query);
  }

  /** Over NATS only. @param body a JSON object, or a text sent as it is */
  nats(body: string | object = '', pattern: 'list' | 'get' = 'list'): Promise<Reply> {
    return this.overNats(pattern, body, {}, {});
  }

  private overNats(
    pattern: 'list' | 'get' | 'resolve' | 'changes',
    body: string | object,
    { token }: Caller,
    headers: Readonly<Record<string, string>>,
  ): Promise<Reply> {
    const { nats, prefix } = this.place;
    const authorization = token === undefined ? {} : { authorization: `Bearer ${token}` };
    return natsRequest(nats, `${prefix}.${pattern}`, body, { ...headers, ...authorization });
  }

  private sameRequest(): Readonly<Record<string, string>> {
    return { 'x-request-id': `same-${(lastRequest += 1)}` };
  }
}

/** What must not depend on the door. */
function essence({ status, body, headers }: Reply): object {
  const named = (name: string) => headers.get(name);
  return {
    status,
    body,
    requestId: named('x-request-id'),
    totalCount: named('x-total-count'),
    readPosition: named('x-read-position'),
  };
}

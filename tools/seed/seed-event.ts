import { createHash } from 'node:crypto';
import type { MembershipChange, MembershipEvent, TokenStateEvent } from '#token-contract/events.js';
import type { TokenChange } from './history.js';
import { defaultCustomers, type SeedOptions } from './seed-options.js';

/** A CloudEvent as it is published, in structured mode. */
type CloudEvent<E extends TokenStateEvent | MembershipEvent> = {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: '/tokenctl/seed';
  readonly type: E['type'];
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly data: E['data'];
};

export interface SeedEvent {
  /** The part after the stream's base subject, for example `token.67890`. */
  readonly subject: string;
  readonly event: CloudEvent<TokenStateEvent> | CloudEvent<MembershipEvent>;
}

export class SeedEvents {
  private readonly run: string;

  /** Event ids differ between runs with other options: the server treats an id that it saw in the last minutes as a duplicate. */
  constructor({ tokens, customers = defaultCustomers(tokens), seed, at }: SeedOptions) {
    this.run = createHash('sha256')
      .update(JSON.stringify([tokens, customers, seed, at]))
      .digest('hex')
      .slice(0, 12);
  }

  ofToken({ type, data }: TokenChange): SeedEvent {
    const subject = `token.${data.id}`;
    return { subject, event: cloudEvent(`${this.run}.${subject}.${data.version}`, type, data.updatedAt, data) };
  }

  ofGroup(data: MembershipChange, time: string): SeedEvent {
    const subject = `token-group.${data.tokenGroupId}.${data.version}`;
    return { subject, event: cloudEvent(`${this.run}.${subject}`, 'token-group.tokens-added', time, data) };
  }
}

function cloudEvent<T, D>(id: string, type: T, time: string, data: D) {
  const source = '/tokenctl/seed';
  return { specversion: '1.0', id, source, type, time, datacontenttype: 'application/json', data } as const;
}

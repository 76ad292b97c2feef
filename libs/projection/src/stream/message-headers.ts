import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import type { Msg } from '@nats-io/transport-node';
import { rawHeaders } from '#service-runtime/raw-headers.js';

/** Names with all their values. */
export type HeaderEntries = Iterable<readonly [string, readonly string[]]>;

const text = new TextDecoder();
const NAME = /^[!-9;-~]+$/;

/**
 * The headers of a message in the stream. Its publisher may have written anything: a line that is no header is skipped. The client does not
 * read them: at such a line it throws, in the middle of its connection, which then reads nothing more; its time also grows with the square
 * of their number. They are parsed again at each use, because thousands of short headers would take twenty times their bytes in memory.
 */
export class MessageHeaders implements Iterable<readonly [string, readonly string[]]> {
  constructor(private readonly raw: Uint8Array) {}

  get bytes(): number {
    return this.raw.length;
  }

  /** In the order of the names' first lines, each with all its values, as the client returns them. */
  [Symbol.iterator](): Iterator<readonly [string, readonly string[]]> {
    const found = new Map<string, string[]>();
    const [, ...lines] = text.decode(this.raw).split('\r\n');
    for (const line of lines) {
      const colon = line.indexOf(':');
      const name = line.slice(0, Math.max(colon, 0));
      if (!NAME.test(name)) continue;
      const values = found.get(name);
      const value = line.slice(colon + 1).trim();
      if (values) values.push(value);
      else found.set(name, [value]);
    }
    return found.entries();
  }
}

/** The headers of a delivered message. */
export function headersOf(message: JsMsg): MessageHeaders {
  return new MessageHeaders(rawHeaders((message as JsMsg & { readonly msg: Msg }).msg));
}

/** The headers of a message that was fetched by its sequence. The client's type does not declare the bytes. */
export function storedHeadersOf(message: StoredMsg): MessageHeaders {
  const { smr } = message as StoredMsg & { readonly smr: { readonly message: { readonly hdrs?: string } } };
  return new MessageHeaders(Buffer.from(smr.message.hdrs ?? '', 'base64'));
}

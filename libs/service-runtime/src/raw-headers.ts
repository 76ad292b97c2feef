import type { Msg } from '@nats-io/transport-node';

/**
 * The bytes of a message's headers, in which a publisher may have written anything; empty where it has none. They stand before those
 * of the body, and the client knows how many there are; its type does not say so.
 */
export function rawHeaders(message: Msg): Uint8Array {
  const { data } = message;
  const { hdr } = (message as Msg & { readonly _msg: { readonly hdr: number } })._msg;
  return hdr > 0 ? new Uint8Array(data.buffer, data.byteOffset - hdr, hdr) : new Uint8Array();
}

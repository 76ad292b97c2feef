import type { Msg } from '@nats-io/transport-node';

/**
 * The bytes of a message's headers, which may be anything; empty where it has none. They are before the bytes of the body. The client knows
 * their number, but its type does not say so.
 */
export function rawHeaders(message: Msg): Uint8Array {
  const { data } = message;
  const { hdr } = (message as Msg & { readonly _msg: { readonly hdr: number } })._msg;
  return hdr > 0 ? new Uint8Array(data.buffer, data.byteOffset - hdr, hdr) : new Uint8Array();
}

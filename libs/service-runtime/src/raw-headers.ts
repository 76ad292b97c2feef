import type { Msg } from '@nats-io/transport-node';

/**
 * The raw bytes of a message's headers; empty if it has none. They come before the bytes of the body. The client knows their number, but
 * its type does not declare it.
 */
export function rawHeaders(message: Msg): Uint8Array {
  const { data } = message;
  const { hdr } = (message as Msg & { readonly _msg: { readonly hdr: number } })._msg;
  return hdr > 0 ? new Uint8Array(data.buffer, data.byteOffset - hdr, hdr) : new Uint8Array();
}

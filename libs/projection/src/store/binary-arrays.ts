/*
 * Writes columns of a batch as PostgreSQL's binary arrays. `pg` writes an array as one text with every element quoted and escaped, and the
 * server parses that text again; for batches of thousands of rows this was the largest part of the work on both sides. `pg` sends a Buffer
 * as it is, in binary. Format: https://www.postgresql.org/docs/current/protocol-overview.html#PROTOCOL-FORMAT-CODES and array_send in the
 * server's arrayfuncs.c.
 */

/** Type oids of the elements. PostgreSQL has never changed them. */
const BOOL = 16;
const INT8 = 20;
const INT2 = 21;
const TEXT = 25;
const TIMESTAMPTZ = 1184;

/** Dimensions, has-nulls, element type, length, lower bound. */
const HEADER = 20;
const LENGTH = 4;
/** 2000-01-01 in milliseconds since 1970: PostgreSQL counts microseconds from there. */
const POSTGRES_EPOCH_MS = 946_684_800_000;
const INFINITY = 0x7fff_ffff_ffff_ffffn;
const HIGH_WORD = 2 ** 32;

/** `bigint[]` of safe integers. */
export function bigints(values: readonly number[]): Buffer {
  return fixed(INT8, 8, values, (buffer, at, value) => {
    buffer.writeInt32BE(Math.floor(value / HIGH_WORD), at);
    buffer.writeUInt32BE(value >>> 0, at + 4);
  });
}

/** `smallint[]` */
export function smallints(values: readonly number[]): Buffer {
  return fixed(INT2, 2, values, (buffer, at, value) => buffer.writeInt16BE(value, at));
}

/** `boolean[]` */
export function booleans(values: readonly boolean[]): Buffer {
  return fixed(BOOL, 1, values, (buffer, at, value) => buffer.writeUInt8(Number(value), at));
}

/** `timestamptz[]` of ISO 8601 texts; `infinity` is allowed. */
export function instants(values: readonly string[]): Buffer {
  return fixed(TIMESTAMPTZ, 8, values, (buffer, at, value) => {
    const micros = value === 'infinity' ? INFINITY : BigInt(Date.parse(value) - POSTGRES_EPOCH_MS) * 1000n;
    buffer.writeBigInt64BE(micros, at);
  });
}

/** `text[]` */
export function texts(values: readonly string[]): Buffer {
  // A UTF-16 code unit takes three bytes of UTF-8 at most.
  let most = HEADER;
  for (const value of values) most += LENGTH + value.length * 3;
  const buffer = Buffer.allocUnsafe(most);
  let at = writeHeader(buffer, TEXT, values.length);
  for (const value of values) {
    const length = buffer.write(value, at + LENGTH);
    buffer.writeInt32BE(length, at);
    at += LENGTH + length;
  }
  return buffer.subarray(0, at);
}

function fixed<T>(
  type: number,
  size: number,
  values: readonly T[],
  write: (buffer: Buffer, at: number, value: T) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER + values.length * (LENGTH + size));
  let at = writeHeader(buffer, type, values.length);
  for (const value of values) {
    buffer.writeInt32BE(size, at);
    write(buffer, at + LENGTH, value);
    at += LENGTH + size;
  }
  return buffer;
}

function writeHeader(buffer: Buffer, type: number, length: number): number {
  buffer.writeInt32BE(1, 0);
  buffer.writeInt32BE(0, 4);
  buffer.writeInt32BE(type, 8);
  buffer.writeInt32BE(length, 12);
  buffer.writeInt32BE(1, 16);
  return HEADER;
}

import { pino } from 'pino';

/** PostgreSQL's data exceptions and integrity violations: their details quote the row, and a row may name a person. */
const QUOTES_THE_DATA = /^2[23]/;

/** An error in the form of a log line: all its texts, but no contents of a row, and not the connection that it came from. */
export function loggedError(error: Error): object {
  const serialized = pino.stdSerializers.err(error) as object & Readonly<Record<string, unknown>>;
  if (typeof serialized !== 'object') return serialized;
  // A pool of pg adds the broken client, with its statements and their values.
  const { client: _, ...told } = serialized as Readonly<Record<string, unknown>>;
  return QUOTES_THE_DATA.test(String(told['code'])) ? { ...told, detail: undefined, where: undefined } : told;
}

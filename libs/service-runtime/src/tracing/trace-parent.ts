/** The place of a request or an event in a trace, as W3C Trace Context tells it: https://www.w3.org/TR/trace-context/. */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** The span that has sent it: 16 hexadecimal digits. */
  readonly spanId: string;
  /** 1: the sender records the trace. */
  readonly flags: number;
  /** What the sender's tracing systems say for themselves. */
  readonly state: string | undefined;
}

/** A later version of the standard may add parts after the flags. */
const FORM = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-[!-~]*)?$/;
const MAX_LENGTH = 512;
const STATE = /^[\t -~]{1,512}$/;

/**
 * Reads the values of `traceparent` and `tracestate`. They come from outside and only serve to find things again: what is not as the
 * standard says counts as not given, and is never an error.
 */
export function traceParentOf(traceparent: unknown, tracestate?: unknown): TraceParent | undefined {
  if (typeof traceparent !== 'string' || traceparent.length > MAX_LENGTH) return undefined;
  const [, version, traceId, spanId, flags, more] = FORM.exec(traceparent) ?? [];
  if (traceId === undefined || (version === '00' && more !== undefined)) return undefined;
  const state = typeof tracestate === 'string' && STATE.test(tracestate) ? tracestate : undefined;
  return { traceId, spanId: spanId!, flags: parseInt(flags!, 16), state };
}

/** For log lines: by this id the trace is found. */
export function traceIdOf(trace: { readonly traceId: string | undefined } | undefined): { readonly traceId?: string } {
  return trace?.traceId === undefined ? {} : { traceId: trace.traceId };
}

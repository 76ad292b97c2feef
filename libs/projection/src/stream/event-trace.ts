import { traceParentOf, type TraceParent } from '#service-runtime/tracing/trace-parent.js';
import type { StreamMessage } from './stream-message.js';

/**
 * The trace in which an event was published: what the event itself says, which it keeps wherever it is sent on; else what its message says.
 */
export function traceOfEvent({
  decoded,
  headers,
}: Pick<StreamMessage, 'decoded' | 'headers'>): TraceParent | undefined {
  const told =
    decoded.kind === 'event'
      ? decoded.event.traceparent
      : decoded.kind === 'rejected'
        ? decoded.traceparent
        : undefined;
  return traceParentOf(told) ?? traceOfHeaders(headers);
}

function traceOfHeaders(headers: StreamMessage['headers']): TraceParent | undefined {
  const named = (wanted: string) =>
    [...headers].flatMap(([name, values]) => (name.toLowerCase() === wanted ? values : []));
  const [traceparent, ...others] = named('traceparent');
  return others.length > 0 ? undefined : traceParentOf(traceparent, named('tracestate').join());
}

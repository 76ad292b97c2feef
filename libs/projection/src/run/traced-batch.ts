import type { TracedBatch } from '#service-runtime/tracing/tracing.js';
import { traceOfEvent } from '../stream/event-trace.js';
import type { Position } from '../stream/position.js';
import type { StreamMessage } from '../stream/stream-message.js';

/** A batch as its span tells of it: it belongs to no single trace, so it has a link to the trace of each event. */
export function tracedBatch({ stream }: Position, messages: readonly StreamMessage[]): TracedBatch {
  return {
    stream: stream ?? '',
    messages: messages.length,
    last: messages.at(-1)!.sequence,
    links: () => messages.flatMap((message) => traceOfEvent(message) ?? []),
  };
}

import { readEnvelope, type Envelope, type HeaderEntries } from './cloud-event.js';
import { dataProblem } from './data-validator.js';
import { EVENT_TYPES, type DomainEvent, type EventType } from './events.js';
import { parseInstant } from './instant.js';
import { knownFields } from './known-fields.js';
import { isStorableText } from './storable-text.js';
import { hasAtMost, MAX_CHARACTERS } from './text-bounds.js';

/** `event`: apply it. `skipped`: we do not know its type, count it. `rejected`: park it with the reason. */
export type Decoded =
  | { readonly kind: 'event'; readonly event: DomainEvent }
  | { readonly kind: 'skipped'; readonly type: string }
  | ({ readonly kind: 'rejected'; readonly reason: string } & Traces);

/** Facts about a rejected message, for logs and metrics. */
export interface Traces {
  readonly type?: EventType | undefined;
  readonly eventId?: string | undefined;
  readonly tokenId?: number | undefined;
  /** The CloudEvents extension `traceparent`, unchecked. */
  readonly traceparent?: string | undefined;
}

const known: ReadonlySet<string> = new Set(EVENT_TYPES);

/** Turns one message of the stream into an event, or says why it cannot. Never throws. */
export function decode(payload: Uint8Array, headers?: HeaderEntries): Decoded {
  try {
    return decodeEnvelope(readEnvelope(payload, headers));
  } catch (error) {
    return rejected(error instanceof Error ? error.message : String(error));
  }
}

function decodeEnvelope(envelope: Envelope): Decoded {
  const { type } = envelope;
  if (typeof type !== 'string' || type === '')
    return rejected('the CloudEvents attribute "type" is missing or no text');
  if (!hasAtMost(MAX_CHARACTERS.attribute, type)) return rejected(tooLong('type'));
  if (!known.has(type)) return { kind: 'skipped', type };
  const problem = attributeProblem(envelope);
  if (problem) return rejected(problem, tracesOf(envelope));
  const time = parseInstant(String(envelope['time']));
  if ('problem' in time) return rejected(`the CloudEvents attribute "time" ${time.problem}`, tracesOf(envelope));
  if (!('data' in envelope)) return rejected('the CloudEvents member "data" is missing', tracesOf(envelope));
  const { data } = envelope;
  const reason = dataProblem(type as EventType, data);
  if (reason) return rejected(reason, tracesOf(envelope));
  const event = {
    type,
    eventId: envelope['id'],
    time: time.instant,
    data: knownFields(type as EventType, data),
    traceparent: traceparentOf(envelope),
  };
  return { kind: 'event', event: event as DomainEvent };
}

function attributeProblem(envelope: Envelope): string | undefined {
  if (envelope['specversion'] !== '1.0') return 'the CloudEvents attribute "specversion" must be "1.0"';
  for (const name of ['id', 'source', 'time']) {
    const value = envelope[name];
    if (typeof value !== 'string' || value === '') return `the CloudEvents attribute "${name}" is missing or no text`;
    if (name !== 'time' && !hasAtMost(MAX_CHARACTERS.attribute, value)) return tooLong(name);
    if (!isStorableText(value)) return `the CloudEvents attribute "${name}" holds a NUL character or a lone surrogate`;
  }
  return undefined;
}

function tooLong(name: string): string {
  return `the CloudEvents attribute "${name}" has more than ${MAX_CHARACTERS.attribute} characters`;
}

function rejected(reason: string, traces: Traces = {}): Decoded {
  return { kind: 'rejected', reason, ...traces };
}

function isEventId(id: unknown): id is string {
  return typeof id === 'string' && hasAtMost(MAX_CHARACTERS.attribute, id) && isStorableText(id);
}

/** Only ids: logs must not hold data that identifies a person. */
function tracesOf(envelope: Envelope): Traces {
  const { type, id } = envelope;
  const data: unknown = 'data' in envelope ? envelope['data'] : undefined;
  const tokenId = typeof data === 'object' && data !== null && 'id' in data ? data.id : undefined;
  return {
    type: type as EventType,
    eventId: isEventId(id) ? id : undefined,
    tokenId: Number.isSafeInteger(tokenId) ? (tokenId as number) : undefined,
    traceparent: traceparentOf(envelope),
  };
}

/** Of the extension for distributed tracing. It says nothing about the token, so nothing is wrong with an event that has a strange one. */
function traceparentOf({ traceparent }: Envelope): string | undefined {
  return typeof traceparent === 'string' && hasAtMost(MAX_CHARACTERS.attribute, traceparent) ? traceparent : undefined;
}

import type { Position } from './position.js';
import type { StreamMessage } from './stream-message.js';
import { formOf } from './subject-names.js';

/** More are not learnt, because all of them are in the row that every batch rewrites: then the oldest stay. */
const MOST_FORMS = 32;
/** Of a subject. NATS allows some 4,000, and forms of that length would be megabytes of writing a minute. */
const MOST_CHARACTERS = 200;

type Read = Pick<StreamMessage, 'subject' | 'decoded'>;

/**
 * The forms of subjects on which events came, up to the position and in messages after it. What the server has removed from a subject
 * cannot be known; what came on subjects of its form says what it is used for.
 */
export function formsOfEvents({ eventForms }: Pick<Position, 'eventForms'>, messages: readonly Read[]): Set<string> {
  const forms = new Set(eventForms);
  for (const { subject, decoded } of messages)
    if (decoded.kind === 'event' && subject.length <= MOST_CHARACTERS) forms.add(formOf(subject));
  return forms;
}

/**
 * The forms to store with a position that messages have moved. All events are looked at, whatever limits the stream has: a limit may be set
 * later, and a rare form may have only one event in a batch. It takes half a microsecond for each, a small part of what decoding takes.
 */
export function learnForms(
  position: Pick<Position, 'eventForms'>,
  messages: readonly Read[],
): readonly string[] | null {
  const known = position.eventForms ?? null;
  if (known && known.length >= MOST_FORMS) return known;
  const forms = formsOfEvents(position, messages);
  return forms.size === (known?.length ?? 0) ? known : [...forms].slice(0, MOST_FORMS);
}

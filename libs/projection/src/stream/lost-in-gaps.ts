import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { MessagesAtOnce } from './messages-at-once.js';
import { SourceChanged } from './source-changed.js';
import { nextOfSubject, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { formsWithEvents } from './forms-with-events.js';
import { type Cleared, formName, isCleared, type Suspect } from './subject-limit.js';
import { formOf } from './subject-names.js';

/** The number of subjects asked about at once: after a gap every message of a batch may be a suspect. */
const ASKED_AT_ONCE = 100;

/** A stream that has gaps. */
export interface GappedStream {
  readonly projection: Pick<Projection, 'decode'>;
  readonly manager: JetStreamManager;
  readonly info: StreamInfo;
  /** The lowest that it has had, as far as is known. */
  readonly limit: number;
}

/** The first suspect that is not cleared, with the loss if there is one. */
interface NotCleared {
  readonly message: StreamMessage;
  readonly loss?: SourceChanged;
}

interface Asking {
  readonly cleared: Cleared;
  readonly atOnce: MessagesAtOnce;
  /** By `performance.now()`: after it nothing more is asked that can wait. */
  readonly until: number;
}

/**
 * Asks the stream's leader, in order and many at a time, whether suspects stand for lost messages.
 * @param cleared is added to; suspects that it clears are not asked about
 * @param withinMs after this time no more of them are asked about. The first ones are asked about in any case, so that the caller gets on.
 * @returns undefined if all are cleared
 * @throws {LeaderInDoubt}
 */
export async function firstNotCleared(
  stream: GappedStream,
  suspects: readonly Suspect[],
  { cleared = new Map() as Cleared, atOnce = new MessagesAtOnce(), withinMs = Infinity } = {},
): Promise<NotCleared | undefined> {
  const until = performance.now() + withinMs;
  const asked = eachOnce(suspects.filter((suspect) => !isCleared(cleared, suspect)));
  for (let i = 0; i < asked.length; i += ASKED_AT_ONCE) {
    if (i > 0 && performance.now() > until) return { message: asked[i]!.message };
    const asking = { cleared, atOnce, until };
    const ours = await withoutForeign(stream, asked.slice(i, i + ASKED_AT_ONCE), asking);
    const full = await withoutRoom(stream, ours, cleared);
    const end = await firstWithLoss(stream, full, asking);
    if (end) return end;
  }
  return undefined;
}

/**
 * Clears messages that are no events on subjects of a form on which no event is found: there the newer messages only replace their like.
 * @returns the others
 */
async function withoutForeign(
  stream: GappedStream,
  suspects: readonly Suspect[],
  { cleared, atOnce }: Asking,
): Promise<Suspect[]> {
  const unnamed = suspects.filter((suspect) => !suspect.key && !isCleared(cleared, suspect));
  const withEvents = await formsWithEvents(
    stream,
    new Set(unnamed.map(({ message }) => formOf(message.subject))),
    atOnce,
  );
  for (const { message, gap } of unnamed) {
    const form = formOf(message.subject);
    if (!withEvents.has(form)) cleared.set(formName(message.subject), gap.after);
  }
  return suspects.filter((suspect) => !isCleared(cleared, suspect));
}

/**
 * Clears the suspects on whose subjects there is room for more messages: the server has removed none of them. Such an answer is small,
 * whatever the messages are.
 * @returns the others
 */
async function withoutRoom(
  { manager, info, limit }: GappedStream,
  suspects: readonly Suspect[],
  cleared: Cleared,
): Promise<Suspect[]> {
  const countOf = async (subject: string) => {
    const { state } = await streamNow(manager, info.config.name, { subjects_filter: subject });
    return state.subjects?.[subject] ?? 0;
  };
  const counts = await Promise.all(suspects.map(({ message }) => countOf(message.subject)));
  return suspects.filter(({ message, gap }, i) => {
    const isFull = counts[i]! >= limit;
    if (!isFull) cleared.set(message.subject, gap.after);
    return isFull;
  });
}

/** Clears the suspects on whose subjects a message before the gap is still there: the server removes the oldest first. */
async function firstWithLoss(
  stream: GappedStream,
  suspects: readonly Suspect[],
  { cleared, atOnce, until }: Asking,
): Promise<NotCleared | undefined> {
  const { name } = stream.info.config;
  const firstOf = ({ message }: Suspect) => nextOfSubject(stream.manager, name, message.subject, 1);
  let done = 0;
  for await (const lot of atOnce.ask(suspects, firstOf)) {
    for (const [suspect, first] of lot) {
      const { message, gap } = suspect;
      if (!first || first.sequence > gap.after) return { message, loss: lossIn(stream, suspect) };
      cleared.set(message.subject, gap.after);
    }
    const next = suspects[(done += lot.length)];
    if (next && performance.now() > until) return { message: next.message };
  }
  return undefined;
}

function lossIn({ info: { config }, limit }: GappedStream, suspect: Suspect): SourceChanged {
  const { message, gap } = suspect;
  const keeps = config.max_msgs_per_subject === limit ? `keeps ${limit}` : 'kept fewer';
  return new SourceChanged(
    'purged',
    `the stream ${config.name} ${keeps} messages per subject, and messages of the subject ${message.subject} may have been removed after ${gap.after} before they were applied: ${whyNotReplaced(suspect)}`,
  );
}

function whyNotReplaced({ message: { sequence, subject, decoded }, key }: Suspect): string {
  const at = (what: string) => `the ${what} at ${sequence} does not stand for them, because`;
  if (key)
    return `${at('event')} the subject does not name ${key.words}; remove the limit or publish on subjects that do, then rebuild`;
  const type = decoded.kind === 'skipped' ? decoded.type : decoded.kind;
  return `${at('message')} it is of the unknown type ${type}; have the state that this subject stands for published again, and publish such types on other subjects than ${formOf(subject)}, then rebuild`;
}

/** The first event and the first other message of each subject after each gap. */
function eachOnce(suspects: readonly Suspect[]): Suspect[] {
  const seen = new Set<string>();
  return suspects.filter(({ message, gap, key }) => {
    const which = `${gap.after} ${key ? 'event' : 'other'} ${message.subject}`;
    return !seen.has(which) && seen.add(which);
  });
}

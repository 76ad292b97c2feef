import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { decodeOrReject } from './decode-or-reject.js';
import { MessagesAtOnce } from './messages-at-once.js';
import { SourceChanged } from './source-changed.js';
import { type FoundMessage, nextOfSubject, streamNow } from './stream.js';
import type { StreamMessage } from './stream-message.js';
import { type Cleared, isCleared, type Suspect, unknownOn } from './subject-limit.js';
import { formOf, namesKey } from './subject-names.js';

/** A stream that has gaps. */
export interface GappedStream {
  readonly projection: Pick<Projection, 'decode' | 'keyOf'>;
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

/**
 * Asks the stream's leader, in order, whether suspects stand for lost messages.
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
  const firstOf = ({ message }: Suspect) => nextOfSubject(stream.manager, stream.info.config.name, message.subject, 1);
  let done = 0;
  for await (const lot of atOnce.ask(asked, firstOf)) {
    for (const [suspect, first] of lot) {
      if (!(await clear(stream, suspect, first, cleared)))
        return { message: suspect.message, loss: lossIn(stream, suspect) };
      const next = asked[(done += 1)];
      if (next && performance.now() > until) return { message: next.message };
    }
  }
  return undefined;
}

/**
 * Clears a suspect if a message before the gap is still there, because the server removes the oldest first. For the same reason a message
 * of an unknown type hides nothing if the first one of its subject is an event that stands for all before it. And where there is room for
 * more messages, the server has removed none: that comes last, because to count the messages of one subject takes nats-server 2.9
 * up to 2 s in a stream of millions.
 * @param first of the suspect's subject
 * @returns whether it is cleared
 */
async function clear(
  stream: GappedStream,
  { message: { subject }, gap, key }: Suspect,
  first: FoundMessage | undefined,
  cleared: Cleared,
): Promise<boolean> {
  // A subject with a * of its own finds messages of others.
  const found = first?.subject === subject ? first : undefined;
  if (found && found.sequence > gap.after && !key && standsForOthers(stream, found))
    cleared.set(unknownOn(subject), gap.after);
  else if ((found && found.sequence <= gap.after) || (await hasRoom(stream, subject))) cleared.set(subject, gap.after);
  else return false;
  return true;
}

async function hasRoom({ manager, info, limit }: GappedStream, subject: string): Promise<boolean> {
  const { state } = await streamNow(manager, info.config.name, { subjects_filter: subject });
  return (state.subjects?.[subject] ?? 0) < limit;
}

function standsForOthers({ projection }: GappedStream, { subject, payload, headers }: FoundMessage): boolean {
  const decoded = decodeOrReject(projection, payload, headers);
  return decoded.kind === 'event' && namesKey(subject, projection.keyOf(decoded.event));
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

import { INBOX, isTakenBy, mayMeet, ReplySubjects } from '../nats-requests/reply-subjects.js';
import type { Environment } from './environment.js';

const PREFIX = /^[^\s.*>$\p{C}][^\s.*>\p{C}]*(\.[^\s.*>$\p{C}][^\s.*>\p{C}]*)*$/u;

/** The subjects below the prefix on which both apps answer or publish. */
const REQUESTS = [
  'list',
  'get',
  'rebuild',
  ...['cancel', 'confirm', 'drop-previous', 'pause', 'progress', 'resume', 'rollback', 'status'].map(
    (name) => `rebuild.${name}`,
  ),
  'verify',
  'verify.progress',
  'dead-letters.replay',
];

/** Whether a stream with these subjects receives requests: JetStream would answer before us, and store each request as an event. */
export function takesRequests(subjectPrefix: string, streamSubjects: readonly string[]): boolean {
  return REQUESTS.some((name) => streamSubjects.some((pattern) => isTakenBy(`${subjectPrefix}.${name}`, pattern)));
}

/**
 * The subjects to which answers may go.
 * @param subjectPrefix of the subjects on which the app answers requests
 * @param streamSubjects messages published there become events
 */
export function readReplySubjects(
  environment: Environment,
  subjectPrefix: string,
  streamSubjects: readonly string[],
): ReplySubjects {
  const value = environment.optional('NATS_REPLY_PREFIXES');
  const prefixes = value === undefined ? [] : value.split(',').map((prefix) => prefix.trim().replace(/\.$/, ''));
  const closed = [subjectPrefix, ...streamSubjects];
  const isSound = (prefix: string) => PREFIX.test(prefix) && !closed.some((pattern) => mayMeet(prefix, pattern));
  if (!prefixes.every(isSound))
    environment.problem(
      'NATS_REPLY_PREFIXES must be subjects, comma-separated, without wildcards, empty tokens and tokens that begin with $, apart from NATS_SUBJECT_PREFIX and NATS_STREAM_SUBJECTS',
    );
  if (closed.some((pattern) => mayMeet(INBOX, pattern)))
    environment.problem('NATS_SUBJECT_PREFIX and NATS_STREAM_SUBJECTS must leave _INBOX to the answers');
  if (takesRequests(subjectPrefix, streamSubjects))
    environment.problem(
      `NATS_STREAM_SUBJECTS must leave the requests out, which are on ${subjectPrefix}.list and its like (NATS_SUBJECT_PREFIX)`,
    );
  return new ReplySubjects(prefixes, closed);
}

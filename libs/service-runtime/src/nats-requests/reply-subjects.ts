/** Why a request is dropped: it has no reply subject, or one to which the app may not publish. */
export const DROP_REASONS = ['missing', 'malformed', 'no_inbox', 'protected'] as const;
export type DropReason = (typeof DROP_REASONS)[number];

/** The inboxes of NATS clients; other requesters need the setting `NATS_REPLY_PREFIXES`. */
export const INBOX = '_INBOX';

/** A gateway puts this before a reply subject, with its cluster and itself, and removes it again on the way back. */
const GATEWAY = '_GR_';
const GATEWAY_TOKENS = 3;

/** No client makes a longer one. */
const MAX_LENGTH = 512;
const EMPTY_TOKEN = /^\.|\.\.|\.$/;
/** Wildcards, spaces, control characters, and the replacement character for bytes that are no UTF-8. */
const UNUSABLE = /[*>\s\p{C}\ufffd]/u;

/**
 * The subjects to which answers may go. A server checks the subjects to which a program publishes, but not the reply subject that a
 * requester names. Without this check a caller could make us publish where we may and the caller may not, for instance the order to purge
 * the stream.
 */
export class ReplySubjects {
  private readonly prefixes: readonly string[];
  private readonly closed: readonly (readonly string[])[];

  /**
   * @param prefixes answers may go to subjects below these, and below `_INBOX`
   * @param closed answers never go to these subjects, which may have wildcards, nor to subjects below them
   */
  constructor(prefixes: readonly string[], closed: readonly string[]) {
    this.prefixes = prefixes.map((prefix) => `${prefix}.`);
    this.closed = closed.map(tokensOf);
  }

  /** @returns why no answer may go there; undefined if it may */
  refusal(reply: string | undefined): DropReason | undefined {
    if (!reply) return 'missing';
    if (reply.length > MAX_LENGTH || EMPTY_TOKEN.test(reply) || UNUSABLE.test(reply)) return 'malformed';
    const tokens = tokensOf(reply);
    if (tokens.some((token) => token.startsWith('$')) || this.isClosed(tokens)) return 'protected';
    if (reply.startsWith(`${INBOX}.`)) return undefined;
    if (!this.prefixes.some((prefix) => reply.startsWith(prefix))) return 'no_inbox';
    if (tokens[0] === GATEWAY)
      return tokens.length > GATEWAY_TOKENS ? this.refusal(tokens.slice(GATEWAY_TOKENS).join('.')) : 'no_inbox';
    // A server may put something else before a reply subject, for instance _R_, and remove it again on the way back.
    return tokens.some((_, from) => this.isClosed(tokens.slice(from))) ? 'protected' : undefined;
  }

  private isClosed(tokens: readonly string[]): boolean {
    return this.closed.some((pattern) => isAtOrBelow(tokens, pattern));
  }
}

/** Whether any subject could be below the prefix and also at, below or above the pattern. */
export function mayMeet(prefix: string, pattern: string): boolean {
  const [a, b] = [tokensOf(prefix), tokensOf(pattern)];
  return b.every((token, i) => i >= a.length || token === '>' || token === '*' || token === a[i]);
}

/** Whether a stream with the subject `pattern`, which may have wildcards, stores messages published on `subject`. */
export function isTakenBy(subject: string, pattern: string): boolean {
  const [a, b] = [tokensOf(subject), tokensOf(pattern)];
  return (a.length === b.length || (b.at(-1) === '>' && a.length > b.length)) && isAtOrBelow(a, b);
}

function isAtOrBelow(tokens: readonly string[], pattern: readonly string[]): boolean {
  return pattern.every((token, i) => i < tokens.length && (token === '>' || token === '*' || token === tokens[i]));
}

function tokensOf(subject: string): string[] {
  return subject.split('.');
}

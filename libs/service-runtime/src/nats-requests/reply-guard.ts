import type { Msg } from '@nats-io/transport-node';
import type { Registry } from 'prom-client';
import { Counter } from 'prom-client';
import type { Logger } from '../logger.js';
import { Summary } from '../summary.js';
import { DROP_REASONS, type DropReason, type ReplySubjects } from './reply-subjects.js';

interface Dropped {
  readonly subject: string;
  readonly reply: string;
  readonly reason: DropReason;
}

/** Accepts requests that may be answered. It counts the others, and logs them at most once in ten seconds. */
export class ReplyGuard {
  private readonly counter: Counter;
  private readonly summary: Summary<Dropped>;

  constructor(
    private readonly subjects: ReplySubjects,
    registry: Registry,
    log: Logger,
  ) {
    this.counter = new Counter({
      name: 'nats_requests_dropped_total',
      help: 'Requests over NATS that were not carried out, because their answer would have gone to no inbox, by reason.',
      labelNames: ['reason'],
      registers: [registry],
    });
    for (const reason of DROP_REASONS) this.counter.inc({ reason }, 0);
    this.summary = new Summary((dropped, requests) =>
      log.warn({ ...dropped, requests }, 'a request was dropped: answers go to inboxes only, see NATS_REPLY_PREFIXES'),
    );
  }

  mayAnswer({ subject, reply }: Msg): boolean {
    const reason = this.subjects.refusal(reply);
    if (reason === undefined) return true;
    this.counter.inc({ reason });
    this.summary.add({ subject, reply: printable(reply ?? ''), reason });
    return false;
  }
}

/** The beginning of a text, as JSON in ASCII. */
function printable(text: string): string {
  const cut = text.length > 100 ? `${text.slice(0, 100)}…` : text;
  return JSON.stringify(cut).replace(/[^\x20-\x7e]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

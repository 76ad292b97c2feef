import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { Projection } from '../projection.js';
import { decodeOrReject } from './decode-or-reject.js';
import type { MessagesAtOnce } from './messages-at-once.js';
import { nextOfSubject } from './stream.js';

/** At so many places of the stream a message is looked at. If half of those of a form are events, one is all but certainly found. */
const PLACES = 33;

/**
 * Which forms of subjects hold events, as far as messages at some places of the stream show it. What the server has removed from a subject
 * cannot be known; what other subjects of its form hold says what it is used for.
 */
export async function formsWithEvents(
  {
    projection,
    manager,
    info: { config, state },
  }: {
    readonly projection: Pick<Projection, 'decode'>;
    readonly manager: JetStreamManager;
    readonly info: StreamInfo;
  },
  forms: ReadonlySet<string>,
  atOnce: MessagesAtOnce,
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const form of forms) {
    const nextOf = (sequence: number) => nextOfSubject(manager, config.name, form, sequence);
    const first = await nextOf(1);
    if (!first) continue;
    for await (const lot of atOnce.ask(placesBetween(first.sequence, state.last_seq), nextOf)) {
      const kinds = lot.map(([, next]) => next && decodeOrReject(projection, next.payload, next.headers).kind);
      if (!kinds.includes('event')) continue;
      found.add(form);
      break;
    }
  }
  return found;
}

function placesBetween(first: number, last: number): number[] {
  const step = Math.max(1, (last - first + 1) / PLACES);
  return Array.from({ length: PLACES }, (_, i) => Math.floor(first + i * step)).filter((place) => place <= last);
}

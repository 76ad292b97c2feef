import type { SeedEvent } from '../../seed/seed-event.js';
import { publishEvents } from '../place/publish-events.js';
import type { PeerStream } from './peer-stream.js';

/** The peer gets a sample, and its rate counts as the rate of the whole. */
export const PEER_EVENTS = 1_000;

/** Events per second, from the first publish until the peer has saved them all. */
export async function savesPerSecond(peer: PeerStream, events: Iterable<SeedEvent>, count: number): Promise<number> {
  const startedAt = performance.now();
  const { lastSequence } = await publishEvents(peer, events, count);
  return count / (((await peer.reaches(lastSequence)) - startedAt) / 1_000);
}

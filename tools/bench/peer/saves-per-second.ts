import type { SeedEvent } from '../../seed/seed-event.js';
import { publishEvents } from '../place/publish-events.js';
import type { PeerStream } from './peer-stream.js';

/** The peer is given a sample, and its rate is taken for that of the whole. */
export const PEER_EVENTS = 1_000;

/** From the first publish until the peer has saved them all. @returns events per second */
export async function savesPerSecond(peer: PeerStream, events: Iterable<SeedEvent>, count: number): Promise<number> {
  const startedAt = performance.now();
  const { lastSequence } = await publishEvents(peer, events, count);
  return count / (((await peer.reaches(lastSequence)) - startedAt) / 1_000);
}

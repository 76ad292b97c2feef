import type { PeerInfo, StreamInfo } from '@nats-io/jetstream';

/**
 * Followers answer their leader's heartbeats every second, and elect another leader no sooner than 4 seconds after the last heartbeat. So a
 * leader that has heard a majority within this time is the only one. A leader that is cut off continues to answer for 10 seconds or more.
 */
const HEARD_WITHIN_NANOS = 3_000_000_000;

/** Thrown if an answer about a stream may not be from its leader. The question can be sent again in a moment. */
export class LeaderInDoubt extends Error {
  override readonly name = 'LeaderInDoubt';
}

/** Whether several servers replicate this stream, so that one of them can be behind the others. */
export function isReplicated({ cluster, config }: StreamInfo): boolean {
  return cluster !== undefined && ((cluster.replicas ?? []).length > 0 || config.num_replicas > 1);
}

/**
 * Makes sure that the answer is from the stream's leader, and that a majority of servers follows that leader. While no leader is elected,
 * any of the servers answers with its own data.
 * @throws {LeaderInDoubt}
 */
export function believe(info: StreamInfo): StreamInfo {
  const reason = isReplicated(info) ? doubt(info) : undefined;
  if (reason === undefined) return info;
  throw new LeaderInDoubt(`what the server says of the stream ${info.config.name} does not count: ${reason}`);
}

function doubt({ cluster }: StreamInfo): string | undefined {
  const { leader, replicas = [] } = cluster!;
  if (!leader) return 'its replicas have no leader at the moment';
  if (replicas.length === 0) return `${leader} does not say yet which replicas follow it`;
  if (replicas.some(({ name }) => name === leader)) return `it was not said by the leader ${leader}`;
  const heard = 1 + replicas.filter(isHeard).length;
  const all = 1 + replicas.length;
  if (2 * heard > all) return undefined;
  return `its leader ${leader} has lately heard ${heard - 1} of the ${all - 1} others, and may have been replaced`;
}

/** `active`: nanoseconds since that server was last heard; 0 if never. */
function isHeard({ active, offline }: PeerInfo): boolean {
  return !offline && active > 0 && active < HEARD_WITHIN_NANOS;
}

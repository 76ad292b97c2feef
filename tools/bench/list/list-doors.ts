import { startQuery } from '../../../test/support/processes.js';
import { ensurePeerTable } from '../peer/peer-table.js';
import { startBenchProcess } from '../place/bench-process.js';
import type { Site } from '../place/site.js';

/** A process that answers the list. */
export interface ListDoor {
  readonly url: string;
  readonly pid: number;
}

/** Processes that answer the same list. */
export interface ListDoors {
  /** Reads every page. */
  readonly ours: ListDoor;
  /** As it is started: pages that are wanted again come from memory. */
  readonly remembering: ListDoor;
  readonly floor: ListDoor;
  readonly peer: ListDoor;
  stop(): Promise<void>;
}

export async function openListDoors({ databaseUrl, env }: Site): Promise<ListDoors> {
  await ensurePeerTable(databaseUrl);
  const query = await startQuery({ ...env, PAGE_CACHE_BYTES: '0' });
  const remembering = await startQuery(env);
  const floor = await startBenchProcess('list/floor-list.process.ts', { DATABASE_URL: databaseUrl });
  const peer = await startBenchProcess('peer/peer-list.process.ts', { DATABASE_URL: databaseUrl });
  return {
    ours: { url: query.url, pid: query.pid },
    remembering: { url: remembering.url, pid: remembering.pid },
    floor: { url: floor.line, pid: floor.process.pid },
    peer: { url: peer.line, pid: peer.process.pid },
    stop: async () => {
      await Promise.all([query.stop(), remembering.stop(), floor.process.stop(), peer.process.stop()]);
    },
  };
}

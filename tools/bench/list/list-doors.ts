import { startQuery } from '../../../test/support/processes.js';
import { ensurePeerTable } from '../peer/peer-table.js';
import { startBenchProcess } from '../place/bench-process.js';
import type { Site } from '../place/site.js';

/** A process that answers the list. */
export interface ListDoor {
  readonly url: string;
  readonly pid: number;
}

/** Three processes that answer the same list. */
export interface ListDoors {
  readonly ours: ListDoor;
  readonly floor: ListDoor;
  readonly peer: ListDoor;
  stop(): Promise<void>;
}

export async function openListDoors({ databaseUrl, env }: Site): Promise<ListDoors> {
  await ensurePeerTable(databaseUrl);
  const query = await startQuery({ ...env, PAGE_CACHE_BYTES: '0' });
  const floor = await startBenchProcess('list/floor-list.process.ts', { DATABASE_URL: databaseUrl });
  const peer = await startBenchProcess('peer/peer-list.process.ts', { DATABASE_URL: databaseUrl });
  return {
    ours: { url: query.url, pid: query.pid },
    floor: { url: floor.line, pid: floor.process.pid },
    peer: { url: peer.line, pid: peer.process.pid },
    stop: async () => {
      await Promise.all([query.stop(), floor.process.stop(), peer.process.stop()]);
    },
  };
}

import { every } from '../store/every.js';
import { cancelStatement } from '../store/snapshot-client.js';
import type { Work } from './work.js';

const WATCH_MS = 200;

/**
 * Runs statements that can take hours. They are cancelled when the job is to end, or this worker may no longer work on it.
 * @param process the process of PostgreSQL that runs them
 * @throws the error that ends the job, if there is one
 */
export async function cancelledWithJob<T>(
  { engine, progress, live }: Pick<Work, 'engine' | 'progress' | 'live'>,
  process: number,
  work: () => Promise<T>,
): Promise<T> {
  const watch = every(WATCH_MS, async () => {
    if (progress.ending || progress.isGone || live.isOver) await cancelStatement(engine.pool, process);
  });
  try {
    return await work();
  } catch (error) {
    throw progress.ending ?? error;
  } finally {
    await watch.stop();
  }
}

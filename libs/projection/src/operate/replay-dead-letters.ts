import { setTimeout as sleep } from 'node:timers/promises';
import { ServiceError } from '#service-runtime/service-error.js';
import type { ProjectedEvent } from '../projection.js';
import { applyEvents } from '../run/apply-events.js';
import type { Leadership } from '../run/leadership.js';
import { untilFaulty } from '../run/until-faulty.js';
import { LETTERS_AT_A_TIME, markReplayed, replayableLetters } from '../store/replayed-letters.js';
import { fenced } from '../store/transaction.js';

export interface Replayed {
  readonly replayed: readonly string[];
  /** Letters that still cannot be applied, that do not exist, or that were not reached. */
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/**
 * Applies dead letters now. Each event takes effect by its version, so it does not matter how late it comes. The contents of the letters
 * stay for a while: another generation may need them (see ReplayedLetters). To limit memory, the letters are applied in parts, with batches
 * between.
 * @param ids of open dead letters, or of replayed letters that still have their contents
 */
export async function replayDeadLetters(leading: Leadership, ids: readonly string[]): Promise<Replayed> {
  const parts: Replayed[] = [];
  for (let i = 0; i < ids.length; i += LETTERS_AT_A_TIME) {
    const part = ids.slice(i, i + LETTERS_AT_A_TIME);
    try {
      parts.push(await leading.betweenBatches((now) => replayPart(now, part)));
    } catch (error) {
      // The caller must learn what is done already.
      if (parts.length === 0) throw error;
      return merged([...parts, notReached(ids.slice(i), error)]);
    }
    // Without a pause, the loop would do the next part before the next batch.
    await sleep(0);
  }
  return merged(parts);
}

async function replayPart(leading: Leadership, ids: readonly string[]): Promise<Replayed> {
  if (leading.isOtherSchema)
    throw new ServiceError(503, 'The live generation is of another schema version; try again later.');
  // A rebuild from another stream leaves out the letters of this one.
  if (leading.isHalted)
    throw new ServiceError(
      409,
      'The stream is not the one the read model was made from, so the next rebuild could lose what the letters do: bring that one back and replay them then, or have their events published again.',
    );
  const parts = await untilFaulty(
    ids,
    async (some) => {
      const outcome = await fenced(leading.client, leading.lease, () => replay(leading, some));
      await leading.deferred.countPending(leading);
      return outcome;
    },
    // The letter stays open.
    (id, reason): Replayed => ({ replayed: [], refused: [{ id, reason }] }),
  );
  return merged(parts);
}

function notReached(ids: readonly string[], cause: unknown): Replayed {
  const because = cause instanceof Error ? cause.message : String(cause);
  const reason = `the replay ended before this letter is known to be applied, replay it again: ${because}`;
  return { replayed: [], refused: ids.map((id) => ({ id, reason })) };
}

function merged(parts: readonly Replayed[]): Replayed {
  return {
    replayed: parts.flatMap(({ replayed }) => replayed),
    refused: parts.flatMap(({ refused }) => refused),
  };
}

async function replay({ projection, client, position }: Leadership, ids: readonly string[]): Promise<Replayed> {
  const letters = await replayableLetters(client, projection, position, ids);
  const refused = ids
    .filter((id) => !letters.has(id))
    .map((id) => ({ id, reason: 'there is no open dead letter with this id' }));
  const replayed: string[] = [];
  const events: ProjectedEvent[] = [];
  for (const [id, letter] of letters) {
    if (letter.kind === 'rejected') refused.push({ id, reason: letter.reason });
    else replayed.push(id);
    if (letter.kind === 'event') events.push(letter.event);
  }
  await applyEvents(client, projection, position, events);
  await markReplayed(client, replayed);
  return { replayed, refused };
}

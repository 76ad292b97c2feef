import type { JetStreamManager } from '@nats-io/jetstream';
import type { Logger } from '#service-runtime/logger.js';
import type { Engine } from '../engine.js';
import { adoptCreated } from '../store/adopt-created.js';
import { markStale } from '../store/live-generation.js';
import { movePosition } from '../store/position.js';
import { fenced } from '../store/transaction.js';
import type { Position } from '../stream/position.js';
import { SourceChanged } from '../stream/source-changed.js';
import { checkStream } from '../stream/source-check.js';
import type { Leadership } from './leadership.js';

/**
 * How the stream has changed since the live generation's position was stored; undefined if it has not. If the server reports another
 * `created` for the same stream, takes that over: the job that replaces the generation looks for the letters under it.
 */
export async function changeOfStream(
  leading: Leadership,
  { projection, settings, link, logger }: Engine,
  manager: JetStreamManager,
): Promise<SourceChanged | undefined> {
  const { client, lease, position } = leading;
  if (position.streamCreated === null) return undefined;
  try {
    const { created } = await link.answer(checkStream(projection, manager, settings.stream.stream, position));
    if (created === position.streamCreated) return undefined;
    await fenced(client, lease, () => adoptCreated(client, projection, position, created));
    tellOfCreated(logger, position, created);
    leading.position = { ...position, streamCreated: created };
    return undefined;
  } catch (error) {
    if (error instanceof SourceChanged) return error;
    throw error;
  }
}

/** Stores that the live generation is read on, in a stream that a check has found to be its own. */
export async function beginWith(
  { client, lease, projection }: Leadership,
  logger: Logger,
  stored: Position,
  position: Position & { readonly streamCreated: string },
): Promise<void> {
  await fenced(client, lease, async () => {
    if (stored.streamCreated === null) await movePosition(client, stored, position, null);
    else await adoptCreated(client, projection, stored, position.streamCreated);
    await markStale(client, stored.generation, null, []);
  });
  tellOfCreated(logger, stored, position.streamCreated);
}

function tellOfCreated(logger: Logger, { stream, streamCreated, sequence }: Position, created: string): void {
  if (streamCreated === null || streamCreated === created) return;
  logger.info(
    { stream, position: sequence },
    `the server now says that the stream was made ${created}, not ${streamCreated}: the message at the position proves that it is the same`,
  );
}

import { jetstreamManager } from '@nats-io/jetstream';
import type { Client } from 'pg';
import type { Engine } from '../engine.js';
import { readPosition } from '../store/position.js';
import { changeSince } from '../stream/source-check.js';
import type { SourceChanged } from '../stream/source-changed.js';

/** How the stream has changed since the live generation was read from it, for a process that does not lead; undefined if it has not. */
export async function changeOfLiveSource(
  { link, projection, settings }: Engine,
  client: Client,
): Promise<SourceChanged | undefined> {
  const manager = await jetstreamManager(await link.connected());
  const position = await readPosition(client, projection);
  return link.answer(changeSince(projection, manager, settings.stream.stream, position));
}

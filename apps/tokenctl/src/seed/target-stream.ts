import { StorageType, type JetStreamManager } from '@nats-io/jetstream';
import { isStreamMissing } from '../connect/nats.js';
import type { SeedSettings } from './seed.settings.js';

/**
 * Creates the stream if it is missing and the command may create it.
 * @throws if our subjects do not belong to it, or belong to another stream
 */
export async function ensureTargetStream(
  manager: JetStreamManager,
  { stream, baseSubject }: SeedSettings,
): Promise<void> {
  if (!(await exists(manager, stream.stream))) {
    if (!stream.create) throw new Error(`the stream ${stream.stream} does not exist and NATS_STREAM_CREATE is false`);
    await manager.streams.add({ name: stream.stream, subjects: [...stream.subjects], storage: StorageType.File });
  }
  const names = await manager.streams.names(`${baseSubject}.token.1`).next();
  if (!names.includes(stream.stream)) {
    throw new Error(
      `the stream ${stream.stream} does not take the subjects ${baseSubject}.>` +
        `${names.length > 0 ? `, ${names.join(', ')} does` : ''}; see NATS_STREAM and NATS_STREAM_SUBJECTS`,
    );
  }
}

async function exists(manager: JetStreamManager, stream: string): Promise<boolean> {
  try {
    await manager.streams.info(stream);
    return true;
  } catch (error) {
    if (isStreamMissing(error)) return false;
    throw error;
  }
}

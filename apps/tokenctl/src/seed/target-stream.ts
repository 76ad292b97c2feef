import { JetStreamApiError, StorageType, type JetStreamManager } from '@nats-io/jetstream';
import type { SeedSettings } from './seed.settings.js';

const STREAM_NOT_FOUND = 10_059;

/** Makes the stream when it is missing and may be made, and sees to it that our subjects end in it, not in another one. */
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
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return false;
    throw error;
  }
}

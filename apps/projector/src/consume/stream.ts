import { JetStreamApiError, type JetStreamManager, type StreamInfo } from '@nats-io/jetstream';
import type { HeaderEntries } from '#token-events/cloud-event.js';
import type { Logger } from '#service-runtime/logger.js';
import type { StreamSettings } from '#service-runtime/settings/common.settings.js';

const STREAM_NOT_FOUND = 10_059;
const MESSAGE_NOT_FOUND = 10_037;

/** undefined when the server has no such stream. */
export async function findStream(manager: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(stream);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/** Makes the stream when it is missing and may be made; one that is there is never changed. */
export async function ensureStream(
  manager: JetStreamManager,
  settings: StreamSettings,
  logger: Logger,
): Promise<StreamInfo> {
  const found = await findStream(manager, settings.stream);
  if (found) return found;
  if (!settings.create) throw new Error(`the stream ${settings.stream} does not exist and NATS_STREAM_CREATE is false`);
  logger.info({ stream: settings.stream, subjects: settings.subjects }, 'making the stream');
  return manager.streams.add({ name: settings.stream, subjects: [...settings.subjects] });
}

/** The message the stream holds at a sequence; undefined when it holds none there (any more). */
export async function messageAt(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<{ subject: string; storedAt: number; headers: HeaderEntries; payload: Uint8Array } | undefined> {
  try {
    const message = await manager.streams.getMessage(stream, { seq: sequence });
    return message
      ? {
          subject: message.subject,
          storedAt: message.time.getTime(),
          headers: message.header ?? [],
          payload: message.data,
        }
      : undefined;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === MESSAGE_NOT_FOUND) return undefined;
    throw error;
  }
}

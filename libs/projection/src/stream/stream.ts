import {
  JetStreamApiError,
  type JetStreamManager,
  type MsgRequest,
  type StreamInfo,
  type StreamInfoRequestOptions,
} from '@nats-io/jetstream';
import type { Logger } from '#service-runtime/logger.js';
import type { StreamSettings } from '#service-runtime/settings/common.settings.js';
import { believe } from './stream-leader.js';
import { type MessageHeaders, storedHeadersOf } from './message-headers.js';
import { nanosecondsOf } from './nanoseconds.js';
import type { StreamMessage } from './stream-message.js';

const STREAM_NOT_FOUND = 10_059;
const MESSAGE_NOT_FOUND = 10_037;

/**
 * The leader's answer about a stream; undefined if the server has no such stream.
 * @throws {LeaderInDoubt}
 */
export async function findStream(
  manager: JetStreamManager,
  stream: string,
  more?: Partial<StreamInfoRequestOptions>,
): Promise<StreamInfo | undefined> {
  try {
    return believe(await manager.streams.info(stream, more));
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === STREAM_NOT_FOUND) return undefined;
    throw error;
  }
}

/**
 * The leader's answer about a stream that must exist.
 * @throws {LeaderInDoubt}
 */
export async function streamNow(
  manager: JetStreamManager,
  stream: string,
  more?: Partial<StreamInfoRequestOptions>,
): Promise<StreamInfo> {
  const info = await findStream(manager, stream, more);
  if (!info) throw new Error(`the stream ${stream} does not exist`);
  return info;
}

/** Creates the stream if it is missing and may be created; never changes an existing one. */
export async function createStreamIfMissing(
  manager: JetStreamManager,
  settings: StreamSettings,
  logger: Logger,
): Promise<StreamInfo> {
  const found = await findStream(manager, settings.stream);
  if (found) return found;
  if (!settings.create) throw new Error(`the stream ${settings.stream} does not exist and NATS_STREAM_CREATE is false`);
  logger.info({ stream: settings.stream, subjects: settings.subjects }, 'creating the stream');
  return manager.streams.add({ name: settings.stream, subjects: [...settings.subjects] });
}

/** A message as the stream stores it. */
export type KeptMessage = Omit<StreamMessage, 'decoded'>;

/** One that was asked for. */
export type FoundMessage = KeptMessage & { readonly headers: MessageHeaders };

/** The message that the stream holds at a sequence; undefined if it holds none there (any more). */
export function messageAt(
  manager: JetStreamManager,
  stream: string,
  sequence: number,
): Promise<FoundMessage | undefined> {
  return find(manager, stream, { seq: sequence });
}

/** The first message of a subject from a sequence on; the subject may have wildcards. */
export function nextOfSubject(
  manager: JetStreamManager,
  stream: string,
  subject: string,
  from: number,
): Promise<FoundMessage | undefined> {
  // Servers from 2.9 on support this; the client's type does not declare it.
  return find(manager, stream, { seq: from, next_by_subj: subject } as MsgRequest);
}

async function find(manager: JetStreamManager, stream: string, which: MsgRequest): Promise<FoundMessage | undefined> {
  try {
    const message = await manager.streams.getMessage(stream, which);
    if (!message) return undefined;
    const { seq: sequence, subject, timestamp, data: payload } = message;
    return { sequence, subject, storedAtNanos: nanosecondsOf(timestamp), headers: storedHeadersOf(message), payload };
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === MESSAGE_NOT_FOUND) return undefined;
    throw error;
  }
}

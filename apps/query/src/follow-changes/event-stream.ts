import { RETRY_AFTER_SECONDS, type ErrorBody } from '#service-runtime/service-error.js';
import type { ChangesPage } from '../list-changes/list-changes.query.js';

export const EVENT_STREAM = 'text/event-stream';

/** A comment: callers see nothing of it. */
export const HEARTBEAT: readonly Buffer[] = [Buffer.from(':\n\n')];

/** A browser whose connection has ended waits this long before it connects again. */
const RETRY = `retry: ${RETRY_AFTER_SECONDS * 1_000}\n`;

/** In pieces, so that no copy of the JSON is made. It has no line breaks, so it is one line of data. */
export function changesEvent({ json, after }: ChangesPage): readonly Buffer[] {
  return [Buffer.from(`${RETRY}event: changes\nid: ${after}\ndata: `), json, Buffer.from('\n\n')];
}

/** The caller has everything up to the position. */
export function completeEvent({ after, state }: ChangesPage): readonly Buffer[] {
  return [Buffer.from(`${RETRY}event: complete\nid: ${after}\ndata: {"position":${state.position}}\n\n`)];
}

/** The last event of a stream. It has no id, so that the caller goes on from the one before. */
export function errorEvent(body: ErrorBody): Buffer {
  return Buffer.from(`event: error\ndata: ${JSON.stringify(body)}\n\n`);
}

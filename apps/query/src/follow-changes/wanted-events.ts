import type { FastifyRequest } from 'fastify';
import type { NamedRequest } from '#service-runtime/http/http-watch.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { namedMediaType } from '../http/accepted.js';
import { ListChangesRequest } from '../list-changes/list-changes.request.js';
import { EVENT_STREAM } from './event-stream.js';

/**
 * What a caller wants to follow who asks for events; undefined: it asks for a page. A browser that connects again sends the same `after`,
 * and the id of its last event in a header: the latter counts.
 * @throws {ServiceError} 400 for events with a time to wait
 */
export function wantedEvents(
  asked: FastifyRequest & NamedRequest,
  request: ListChangesRequest,
): ListChangesRequest | undefined {
  if (namedMediaType(asked.headers.accept, [EVENT_STREAM]) === undefined) return undefined;
  asked.nameForWatch = 'follow';
  if ('wait' in (asked.query as object)) {
    const message = `is for pages, and ${EVENT_STREAM} has no end: leave it out`;
    throw new ServiceError(400, `wait ${message}.`, { details: [{ param: 'wait', message }] });
  }
  const lastId = asked.headers['last-event-id'];
  return lastId ? Object.assign(new ListChangesRequest(), request, { after: String(lastId) }) : request;
}

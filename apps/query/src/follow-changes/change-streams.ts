import type { OnModuleDestroy } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { tracesOf } from '#service-runtime/http/request-traces.js';
import { whenClosed } from '#service-runtime/http/when-closed.js';
import type { RefusalLog } from '#service-runtime/refusal-log.js';
import { ServiceError, unforeseen } from '#service-runtime/service-error.js';
import { readHeaders } from '../reading/read-headers.js';
import { ChangeStream } from './change-stream.js';
import { errorEvent, EVENT_STREAM } from './event-stream.js';
import type { FollowedChanges } from './follow-changes.query.js';

/** All streams end when the app stops. One whose caller reads nothing then is cut off after this time. */
const STOP_WITHIN_MS = 2_000;

/** Gives the streams of changes to Fastify, which sends them as fast as their callers read. */
export class ChangeStreams implements OnModuleDestroy {
  private readonly open = new Set<Readable>();

  constructor(private readonly refusals: RefusalLog) {}

  onModuleDestroy(): void {
    setTimeout(() => this.open.forEach((stream) => stream.destroy()), STOP_WITHIN_MS).unref();
  }

  send(reply: FastifyReply, changes: FollowedChanges): Readable {
    reply.headers({
      'content-type': `${EVENT_STREAM}; charset=utf-8`,
      // Some proxies would collect events before they pass them on.
      'x-accel-buffering': 'no',
      // Nobody asks for anything else on a connection that ends when the app stops.
      connection: 'close',
      ...readHeaders(changes.first.state),
    });
    const { request } = reply;
    const stream = new ChangeStream(changes, (error) => this.lastWords(request, error));
    if (request.method === 'HEAD') {
      stream.destroy();
      return Readable.from([]);
    }
    this.open.add(stream);
    stream.once('close', () => this.open.delete(stream));
    // Fastify does not notice the loss of a connection on which the answer before is not sent yet, or that was lost before the answer.
    whenClosed(reply, () => stream.destroy());
    return stream;
  }

  private lastWords(request: FastifyRequest, error: unknown): Buffer {
    const problem = error instanceof ServiceError ? error : unforeseen(error);
    this.refusals.add(problem, { ...tracesOf(request), path: request.routeOptions.url ?? '' });
    return errorEvent(problem.body(request.id));
  }
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWatch } from '../request-watch.js';
import type { RequestSpan } from '../tracing/tracing.js';
import { traceOf, watchedBy } from './request-traces.js';
import { whenClosed } from './when-closed.js';

/** Which HTTP requests are told of, and by which names. */
export interface WatchedRoutes {
  /** The names of the requests by the path of their route; every other path counts as `other`. */
  readonly names: Readonly<Record<string, string>>;
  /** Routes of which no caller is waiting, such as those of health checks. */
  readonly unwatched: RegExp;
}

/** A request that is another one than the path of its route says. */
export interface NamedRequest {
  nameForWatch?: string;
}

/** Watches requests from their arrival until the last byte of the answer is handed over, or the caller is gone. */
export class HttpWatch {
  constructor(
    private readonly watch: RequestWatch,
    private readonly routes: WatchedRoutes,
  ) {}

  /** @returns the span in which the request is answered; undefined if it is not watched */
  arrived(request: FastifyRequest, reply: FastifyReply): RequestSpan | undefined {
    const route = request.routeOptions.url ?? '';
    if (this.routes.unwatched.test(route)) return undefined;
    const name = this.routes.names[route] ?? 'other';
    const arrivedAt = performance.now();
    const span = this.watch.arrived(`${request.method} ${route}`.trimEnd(), traceOf(request));
    watchedBy(request, span);
    whenClosed(reply, () =>
      this.watch.left(span, {
        requestId: request.id,
        door: 'http',
        request: (request as NamedRequest).nameForWatch ?? name,
        status: reply.raw.writableFinished ? reply.statusCode : undefined,
        bytes: bytesOf(request, reply),
        ms: performance.now() - arrivedAt,
        source: request,
      }),
    );
    return span;
  }
}

/** Every answer but an export says its length: that of an export is not known here, and counts as 0. */
function bytesOf({ method }: FastifyRequest, reply: FastifyReply): number {
  return method === 'HEAD' ? 0 : Number(reply.getHeader('content-length') ?? 0);
}

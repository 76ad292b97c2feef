import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestWatch } from '../request-watch.js';
import { tracesOf } from './request-traces.js';

/** Which HTTP requests are told of, and by which names. */
export interface WatchedRoutes {
  /** The names of the requests by the path of their route; every other path counts as `other`. */
  readonly names: Readonly<Record<string, string>>;
  /** Routes of which no caller is waiting, such as those of health checks. */
  readonly unwatched: RegExp;
}

/** Watches requests from their arrival until the last byte of the answer is handed over, or the caller is gone. */
export class HttpWatch {
  constructor(
    private readonly watch: RequestWatch,
    private readonly routes: WatchedRoutes,
  ) {}

  arrived(request: FastifyRequest, reply: FastifyReply): void {
    const route = request.routeOptions.url ?? '';
    if (this.routes.unwatched.test(route)) return;
    const name = this.routes.names[route] ?? 'other';
    const arrivedAt = performance.now();
    reply.raw.once('close', () =>
      this.watch.left({
        ...tracesOf(request),
        door: 'http',
        request: name,
        status: reply.raw.writableFinished ? reply.statusCode : undefined,
        bytes: bytesOf(request, reply),
        ms: performance.now() - arrivedAt,
        source: request,
      }),
    );
  }
}

/** The API answers with whole texts, so every answer says its length. */
function bytesOf({ method }: FastifyRequest, reply: FastifyReply): number {
  return method === 'HEAD' ? 0 : Number(reply.getHeader('content-length') ?? 0);
}

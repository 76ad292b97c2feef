import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { Observable } from 'rxjs';
import { whenClosed } from '#service-runtime/http/when-closed.js';
import { OVERLOADED, ServiceError } from '#service-runtime/service-error.js';
import type { AuthorizedRequest } from '../auth/caller-scope.js';
import { tenantOf } from '../auth/scope.js';
import { ReadPools } from '../reading/read-pools.js';

/** What a request with a body may have: 1,000 texts of 255 ASCII characters fit. The same over HTTP and NATS. */
export const MAX_BODY_BYTES = 262_144;
/** The bytes, and the texts in them. */
const COPIES = 2;

/**
 * Reads the JSON body of a request. Guards run before interceptors, so nothing is read of a body whose caller they do not let in. A body
 * takes memory of the answers while it arrives, because a caller may send it as slowly as others read, and what it has until its request is
 * answered.
 */
@Injectable()
export class JsonBodyInterceptor implements NestInterceptor {
  constructor(private readonly pools: ReadPools) {}

  /** @throws {ServiceError} 413, 415, or `OVERLOADED` when there is no memory for the body */
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const request = http.getRequest<
      FastifyRequest<{ Body: IncomingMessage | Buffer | undefined }> & AuthorizedRequest
    >();
    // There is none: the request is one without parameters.
    if (request.body === undefined) return next.handle();
    const { 'content-type': type = '', 'content-length': length } = request.headers;
    if (!/^application\/json *(;|$)/i.test(type)) throw wrongType();
    const most = length === undefined ? MAX_BODY_BYTES : Number(length);
    if (most > MAX_BODY_BYTES) throw tooLong(`${most} bytes`);
    const held = this.pools.memory.reserveForSlow(most * COPIES, tenantOf(request.scope));
    if (!held) throw OVERLOADED;
    whenClosed(http.getResponse<FastifyReply>(), () => held.release());
    request.body = await received(request.raw, Buffer.allocUnsafe(most));
    held.shrinkTo(request.body.length * COPIES);
    return next.handle();
  }
}

/** One buffer for the whole: of a body that comes byte by byte, a list of its pieces would take a hundred times its length. */
function received(body: IncomingMessage, into: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let length = 0;
    body.on('data', (chunk: Buffer) => {
      if (length + chunk.length > into.length) reject(tooLong(`more than ${into.length} bytes`));
      length += chunk.copy(into, length);
    });
    // A copy, so that a short body does not keep the memory for a long one.
    body.once('end', () => resolve(Buffer.from(into.subarray(0, length))));
    body.once('error', reject);
  });
}

function tooLong(found: string): ServiceError {
  return new ServiceError(
    413,
    `The request body has ${found}; at most ${MAX_BODY_BYTES} are read: send a shorter one.`,
  );
}

function wrongType(): ServiceError {
  return new ServiceError(415, 'The request body must be JSON: send the header "Content-Type: application/json".');
}

import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger, type Logger } from '../logger.js';
import { requestId } from '../request-id.js';
import { ErrorFilter } from './error.filter.js';
import { answerUnreadableRequest } from './unreadable-request.js';

/** A request that takes longer to arrive is answered 408. */
const REQUEST_WITHIN_MS = 30_000;
/**
 * A connection on which not a byte has moved for so long is cut: whoever reads an answer that slowly keeps it in our memory.
 * Node takes up to twice the time: what left for the kernel after the write counts as movement at the first look (4 s: 8 s).
 */
const STALLED_MS = 30_000;
/** URL and headers together. Node's own 16 KB would be too few for a JWT that lists many customers. */
const MAX_HEADER_BYTES = 49_152;

/** A Nest application on Fastify in which every answer carries `X-Request-Id` and every error has the one shape. */
export async function createHttpApp(module: Type | DynamicModule, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: (request: { headers: Record<string, unknown> }) => requestId(request.headers['x-request-id']),
    bodyLimit: 1_048_576,
    http: { maxHeaderSize: MAX_HEADER_BYTES },
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: STALLED_MS,
    forceCloseConnections: 'idle',
    clientErrorHandler: answerUnreadableRequest,
    frameworkErrors: (error: Error & { statusCode?: number }, request: FastifyRequest, reply: FastifyReply) =>
      void reply
        .status(400)
        .header('x-request-id', request.id)
        .send({ statusCode: 400, error: 'Bad Request', message: error.message, requestId: request.id }),
  } as unknown as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onRequest', (request, reply, done) => {
      void reply.header('x-request-id', request.id);
      done();
    });
  app.useGlobalFilters(new ErrorFilter(logger));
  return app;
}

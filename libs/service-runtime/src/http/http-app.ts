import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NestLogger, type Logger } from '../logger.js';
import { requestId } from '../request-id.js';
import { ErrorFilter } from './error.filter.js';
import { limitPipelining } from './pipelining.js';
import { MAX_HEADERS, refusalOf } from './request-check.js';
import { Routes } from './routes.js';
import { PAGE_SECURITY_POLICY, SAFE_HEADERS } from './safe-headers.js';
import { answerTunnelRequest, answerUnreadableRequest } from './unreadable-request.js';

/** A request that takes longer than this to arrive is answered 408. */
const REQUEST_WITHIN_MS = 30_000;
/**
 * A connection on which no byte has moved for this long is closed: an answer that a caller reads so slowly stays in our memory. Node takes
 * up to twice the time: at its first check, bytes that went to the kernel after the write count as movement (4 s: 8 s).
 */
const STALLED_MS = 30_000;
/** The limit on URL and headers together. Node's own 16 KB would be too few for a JWT that lists many customers. */
const MAX_HEADER_BYTES = 49_152;

/** A Nest application on Fastify. Every answer carries `X-Request-Id`, and every error has the one format. */
export async function createHttpApp(module: Type | DynamicModule, logger: Logger): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: (request: { headers: Record<string, unknown> }) => requestId(request.headers['x-request-id']),
    bodyLimit: 1_048_576,
    // Node's own answer to a request without a host has no body, so request-check.ts answers instead.
    http: { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false },
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: STALLED_MS,
    forceCloseConnections: 'idle',
    // Fastify's own 503 has another format. The app answers a request on a connection that is still open, then closes the connection.
    return503OnClosing: false,
    clientErrorHandler: answerUnreadableRequest,
    frameworkErrors: answerUnroutable,
  } as unknown as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  prepare(app.getHttpAdapter().getInstance());
  app.useGlobalFilters(new ErrorFilter(logger));
  return app;
}

/** The checks that every request passes first, and the headers of every answer. */
function prepare(instance: FastifyInstance): void {
  const routes = Routes.of(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    void reply.headers({ 'x-request-id': request.id, ...SAFE_HEADERS });
    if (/^\/docs(?:\/|$)/.test(request.routeOptions.url ?? ''))
      void reply.header('content-security-policy', PAGE_SECURITY_POLICY);
    const refusal = refusalOf(request, routes);
    if (refusal?.headers) void reply.headers(refusal.headers);
    done(refusal?.error);
  });
  const { server } = instance;
  instance.addHook('onSend', (_request, reply, payload, done) => {
    // When Node stops listening, it closes idle connections only. It would wait for the others, and then cut them.
    if (!server.listening) void reply.header('connection', 'close');
    done(null, payload);
  });
  server.maxHeadersCount = MAX_HEADERS;
  limitPipelining(server);
  // Node would answer 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) => answerTunnelRequest(socket));
}

/** A path that cannot be decoded, or that has too long a part. */
function answerUnroutable(_error: Error, request: FastifyRequest, reply: FastifyReply): void {
  const message = 'The path is no percent-encoded UTF-8, or has a part that is too long.';
  void reply
    .status(400)
    .headers({ 'x-request-id': request.id, ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify({ statusCode: 400, error: 'Bad Request', message, requestId: request.id }));
}

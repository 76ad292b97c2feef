import type { Type, DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { NestLogger, type Logger } from '../logger.js';
import { requestId } from '../request-id.js';
import { RequestWatch } from '../request-watch.js';
import { ErrorFilter } from './error.filter.js';
import { HttpWatch, type WatchedRoutes } from './http-watch.js';
import { IdleConnections } from './idle-connections.js';
import { limitPipelining } from './pipelining.js';
import { MAX_HEADERS, refusalOf, refusalOfOptions } from './request-check.js';
import { Routes } from './routes.js';
import { PAGE_SECURITY_POLICY, SAFE_HEADERS } from './safe-headers.js';
import { answerTunnelRequest, answerUnreadableRequest } from './unreadable-request.js';

/** A request that takes longer than this to arrive is answered 408. */
const REQUEST_WITHIN_MS = 30_000;
/**
 * A connection on which no byte has moved for this long is closed: an answer that a caller reads so slowly stays in our memory. Node takes
 * up to twice the time: at its first check, bytes that went to the kernel after the write count as movement (4 s: 8 s).
 */
export const STALLED_MS = 30_000;
/** The limit on URL and headers together. Node's own 16 KB would be too few for a JWT that lists many customers. */
const MAX_HEADER_BYTES = 49_152;

/**
 * A Nest application on Fastify. Every answer carries `X-Request-Id`, and every error has the one format.
 * @param watched the requests that the module's {@link RequestWatch} is told of; left out: none
 */
export async function createHttpApp(
  module: Type | DynamicModule,
  logger: Logger,
  watched?: WatchedRoutes,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    genReqId: (request: { headers: Record<string, unknown> }) => requestId(request.headers['x-request-id']),
    // Node's own answer to a request without a host has no body, so request-check.ts answers instead.
    http: { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false },
    requestTimeout: REQUEST_WITHIN_MS,
    connectionTimeout: STALLED_MS,
    forceCloseConnections: 'idle',
    // Fastify's own 503 has another format. The app answers a request on a connection that is still open, then closes the connection.
    return503OnClosing: false,
    clientErrorHandler: answerUnreadableRequest,
    frameworkErrors: (_error: Error, request: FastifyRequest, reply: FastifyReply) => {
      watch?.arrived(request, reply);
      answerUnroutable(request, reply);
    },
  } as unknown as ConstructorParameters<typeof FastifyAdapter>[0]);
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    bodyParser: false,
  });
  const instance = app.getHttpAdapter().getInstance();
  // Fastify would read a body before the guards run. So it leaves every body where it is, and the route that wants one reads it.
  instance.removeAllContentTypeParsers();
  instance.addContentTypeParser('*', (_request, body, done) => done(null, body));
  const watch = watched && new HttpWatch(app.get(RequestWatch), watched);
  prepare(instance, watch);
  app.useGlobalFilters(new ErrorFilter(logger));
  return app;
}

/** The checks that every request passes first, and the headers of every answer. */
function prepare(instance: FastifyInstance, watch: HttpWatch | undefined): void {
  const routes = Routes.of(instance);
  instance.addHook('onRequest', (request, reply, done) => {
    const span = watch?.arrived(request, reply);
    void reply.headers({ 'x-request-id': request.id, ...SAFE_HEADERS });
    if (/^\/docs(?:\/|$)/.test(request.routeOptions.url ?? ''))
      void reply.header('content-security-policy', PAGE_SECURITY_POLICY);
    const goOn = () => done(refusalOfOptions(request, routes)?.error);
    if (span) span.run(goOn);
    else goOn();
  });
  // After the hook of CORS, so that a page can read the refusal.
  instance.addHook('preParsing', (request, reply, _body, done) => {
    const refusal = refusalOf(request, routes);
    if (refusal?.headers) void reply.headers(refusal.headers);
    done(refusal?.error);
  });
  const { server } = instance;
  const idle = new IdleConnections(server);
  instance.addHook('onSend', (_request, reply, payload, done) => {
    // Node closes only idle connections when it stops listening. It would wait for the others, and then cut them.
    if (idle.areEnding) void reply.header('connection', 'close');
    done(null, payload);
  });
  server.maxHeadersCount = MAX_HEADERS;
  limitPipelining(server);
  instance.addHook('preClose', () => idle.end());
  // Node would answer 417 without a body.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket: Socket) => answerTunnelRequest(socket));
}

/** A path that cannot be decoded, or that has too long a part. */
function answerUnroutable(request: FastifyRequest, reply: FastifyReply): void {
  const message = 'The path is no percent-encoded UTF-8, or has a part that is too long.';
  void reply
    .status(400)
    .headers({ 'x-request-id': request.id, ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8' })
    .send(JSON.stringify({ statusCode: 400, error: 'Bad Request', message, requestId: request.id }));
}

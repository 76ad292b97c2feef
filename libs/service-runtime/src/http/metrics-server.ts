import type { OnApplicationShutdown } from '@nestjs/common';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Logger } from '../logger.js';
import { limitPipelining } from './pipelining.js';
import { SAFE_HEADERS } from './safe-headers.js';

const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Serves `/metrics` on a separate port, for networks in which callers of the app may not read its metrics. */
export class MetricsServer implements OnApplicationShutdown {
  private constructor(private readonly server: Server) {}

  /** @param port undefined: this class serves nothing, and the app itself answers `/metrics` */
  static async start(
    registry: Registry,
    port: number | undefined,
    host: string,
    logger: Logger,
  ): Promise<MetricsServer | undefined> {
    if (port === undefined) return undefined;
    const server = createServer({ requestTimeout: 10_000 }, (request, response) => {
      void answer(registry, request, response).catch((error: unknown) => {
        logger.error({ err: error }, 'the metrics cannot be read');
        response.destroy();
      });
    });
    limitPipelining(server);
    server.listen(port, host);
    await once(server, 'listening');
    logger.info({ port: (server.address() as AddressInfo).port }, 'metrics are served');
    return new MetricsServer(server);
  }

  onApplicationShutdown(): Promise<void> {
    return this.close();
  }

  async close(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }
}

async function answer(registry: Registry, { method, url }: IncomingMessage, response: ServerResponse): Promise<void> {
  const isThere = url?.split('?')[0] === '/metrics' && (method === 'GET' || method === 'HEAD');
  const text = isThere ? await registry.metrics() : 'There is only GET /metrics here.\n';
  response.writeHead(isThere ? 200 : 404, { ...SAFE_HEADERS, 'content-type': CONTENT_TYPE }).end(text);
}

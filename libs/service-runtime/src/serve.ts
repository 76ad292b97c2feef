import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Logger } from './logger.js';
import { NatsRequestServer } from './nats-requests/nats-request-server.js';
import type { RunningService } from './run-service.js';

/** Opens both doors of an application: HTTP and NATS requests. */
export async function serve(
  app: NestFastifyApplication,
  { httpPort, httpHost }: { readonly httpPort: number; readonly httpHost: string },
  logger: Logger,
): Promise<RunningService> {
  app.connectMicroservice({ strategy: app.get(NatsRequestServer) }, { inheritAppConfig: true });
  await app.init();
  await app.startAllMicroservices();
  await app.listen(httpPort, httpHost);
  logger.info({ url: await app.getUrl() }, 'listening');
  return { stop: () => app.close() };
}

import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { compress, isWorthIt } from './compression.js';
import { varyBy } from './vary.js';

/** Compresses what is no answer of a request: errors, the API description, metrics. Those are texts; answers are bytes by now. */
export function compressOthers(app: NestFastifyApplication): void {
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onSend', (request, reply, payload, done) => {
      if (typeof payload !== 'string' || !isWorthIt(Buffer.byteLength(payload))) return done(null, payload);
      varyBy(reply, 'accept-encoding');
      compress(Buffer.from(payload), request.headers['accept-encoding']).then(
        (compressed) => {
          if (!compressed) return done(null, payload);
          void reply.header('content-encoding', compressed.encoding).removeHeader('content-length');
          done(null, compressed.bytes);
        },
        () => done(null, payload),
      );
    });
}

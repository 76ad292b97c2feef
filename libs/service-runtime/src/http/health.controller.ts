import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Readiness, type ReadinessReport } from '../readiness.js';

@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  /** 200 while the process runs its event loop; anything else: restart it. */
  @Get('live')
  live(): object {
    return { status: 'ok' };
  }

  /** 200 if HTTP requests may be sent here, 503 with the reasons if not. */
  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    return answer(this.readiness.report(), reply);
  }

  /** The same for NATS requests. */
  @Get('ready/nats')
  readyForNats(@Res({ passthrough: true }) reply: FastifyReply): object {
    return answer(this.readiness.report('nats'), reply);
  }
}

function answer({ ready, reasons, degraded }: ReadinessReport, reply: FastifyReply): object {
  reply.status(ready ? 200 : 503);
  const isDegraded = Object.keys(degraded).length > 0;
  return { status: ready ? 'ok' : 'not ready', ...(ready ? {} : { reasons }), ...(isDegraded ? { degraded } : {}) };
}

import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Readiness } from '../readiness.js';

@ApiExcludeController()
@Controller('health')
export class HealthController {
  constructor(@Inject(Readiness) private readonly readiness: Readiness) {}

  /** 200 while the process runs its event loop; anything else: restart it. */
  @Get('live')
  live(): object {
    return { status: 'ok' };
  }

  /** 200 when work may be sent here, 503 with the reasons when not. */
  @Get('ready')
  ready(@Res({ passthrough: true }) reply: FastifyReply): object {
    const { ready, reasons } = this.readiness.report();
    reply.status(ready ? 200 : 503);
    return ready ? { status: 'ok' } : { status: 'not ready', reasons };
  }
}

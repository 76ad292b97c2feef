import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import pretty from 'pino-pretty';
import { loggedError } from './logged-error.js';
import type { LogSettings } from './settings/common.settings.js';

export type { Logger } from 'pino';

/** JSON lines on stdout, or readable ones on a terminal. */
export function createLogger(service: string, settings: LogSettings): Logger {
  const options = {
    level: settings.level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
  };
  return settings.format === 'pretty'
    ? pino(options, pretty({ ignore: 'service,pid,hostname', translateTime: 'HH:MM:ss.l' }))
    : pino(options);
}

/** Gives Nest's own messages the same shape as ours. Its start-up chatter is for debugging only. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  error(message: unknown, stack?: string, context?: string): void {
    this.logger.error({ context, err: message instanceof Error ? message : undefined, stack }, String(message));
  }

  warn(message: unknown, context?: string): void {
    this.logger.warn({ context }, String(message));
  }

  debug(message: unknown, context?: string): void {
    this.logger.debug({ context }, String(message));
  }

  verbose(message: unknown, context?: string): void {
    this.logger.trace({ context }, String(message));
  }
}

import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';
import { LogTexts } from './log-texts.js';
import type { LogSettings } from './settings/common.settings.js';

export type { Logger } from 'pino';

/** JSON lines on stdout, or readable ones on a terminal. Texts from outside are cut, so that no line is long. */
export function createLogger(
  service: string,
  settings: LogSettings,
  to?: DestinationStream & NodeJS.WritableStream,
): Logger {
  const isPretty = settings.format === 'pretty';
  const texts = new LogTexts(isPretty);
  const options: LoggerOptions = {
    level: settings.level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { log: (line) => texts.line(line) },
    // The line above already converts errors; pino would treat the result as another error, of the type "Object".
    serializers: { err: (written: unknown) => written },
    hooks: {
      logMethod(args, method) {
        const bounded = args.map((arg: unknown) => (typeof arg === 'string' ? texts.text(arg) : arg));
        method.apply(this, bounded as typeof args);
      },
    },
  };
  return isPretty
    ? pino(
        options,
        pretty({
          ignore: 'service,pid,hostname',
          translateTime: 'HH:MM:ss.l',
          ...(to && { destination: to, sync: true }),
        }),
      )
    : to
      ? pino(options, to)
      : pino(options);
}

/** Gives Nest's own messages the same format as ours. Its messages at the start appear only at the level debug. */
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

import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from '../logger.js';

/** Logs when the collector goes away and when it is back, and nothing in between. */
export class ToldExporter implements SpanExporter {
  private isAway = false;

  constructor(
    private readonly inner: SpanExporter,
    private readonly logger: Logger,
  ) {}

  export(...[spans, done]: Parameters<SpanExporter['export']>): void {
    this.inner.export(spans, (result) => {
      const isAway = result.code !== ExportResultCode.SUCCESS;
      if (isAway && !this.isAway)
        this.logger.warn({ err: result.error }, 'the collector takes no spans: they are dropped until it does');
      if (!isAway && this.isAway) this.logger.info('the collector takes spans again');
      this.isAway = isAway;
      done(result);
    });
  }

  forceFlush(): Promise<void> {
    return this.inner.forceFlush?.() ?? Promise.resolve();
  }

  shutdown(): Promise<void> {
    return this.inner.shutdown();
  }
}

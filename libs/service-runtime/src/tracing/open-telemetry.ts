import type { OnApplicationShutdown } from '@nestjs/common';
import {
  createTraceState,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { AsyncLocalStorage } from 'node:async_hooks';
import type { LeftRequest } from '../left-request.js';
import type { Logger } from '../logger.js';
import { VERSION } from '../version.js';
import { within } from '../waiting.js';
import { ToldExporter } from './told-exporter.js';
import type { TraceParent } from './trace-parent.js';
import type { RequestSpan, TracedBatch, Tracing } from './tracing.js';

/** A process must end within ten seconds, whatever its collector does. */
const FLUSH_WITHIN_MS = 2_000;
/** The SDK keeps no more. */
const MAX_LINKS = 128;

/**
 * Spans by the official SDK. They are sent in batches, in the background, to the collector at OTEL_EXPORTER_OTLP_ENDPOINT; the SDK reads
 * this and its other variables by itself. What cannot be sent is dropped: its queue is bounded.
 */
export class OpenTelemetry implements Tracing, OnApplicationShutdown {
  private readonly provider: BasicTracerProvider;
  private readonly tracer: Tracer;
  private readonly current = new AsyncLocalStorage<Context>();

  constructor(service: string, logger: Logger) {
    const own = resourceFromAttributes({ 'service.name': service, 'service.version': VERSION });
    this.provider = new BasicTracerProvider({
      resource: own.merge(detectResources({ detectors: [envDetector] })),
      spanProcessors: [new BatchSpanProcessor(new ToldExporter(new OTLPTraceExporter(), logger))],
    });
    this.tracer = this.provider.getTracer(service, VERSION);
  }

  /** Runs when nothing is answered and nothing is projected any more. */
  async onApplicationShutdown(): Promise<void> {
    await within(FLUSH_WITHIN_MS, this.provider.shutdown());
  }

  request(name: string, from: TraceParent | undefined): RequestSpan {
    const parent = from ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(from)) : ROOT_CONTEXT;
    const span = this.tracer.startSpan(name, { kind: SpanKind.SERVER }, parent);
    const inside = trace.setSpan(ROOT_CONTEXT, span);
    return {
      traceId: span.spanContext().traceId,
      run: (work) => this.current.run(inside, work),
      left: (request) => endRequest(span, request),
    };
  }

  read<T>(statement: string, work: () => Promise<T>): Promise<T> {
    const attributes = { 'db.system.name': 'postgresql', 'db.query.summary': statement };
    const parent = this.current.getStore() ?? ROOT_CONTEXT;
    return this.during(this.tracer.startSpan(statement, { kind: SpanKind.CLIENT, attributes }, parent), work);
  }

  batch<T>({ stream, messages, last, links }: TracedBatch, work: () => Promise<T>): Promise<T> {
    const attributes = {
      'messaging.system': 'nats',
      'messaging.operation.type': 'process',
      'messaging.destination.name': stream,
      'messaging.batch.message_count': messages,
      'projection.position': last,
    };
    const options = { kind: SpanKind.CONSUMER, attributes, links: linksTo(links()) };
    return this.during(this.tracer.startSpan(`process ${stream}`, options, ROOT_CONTEXT), work);
  }

  private async during<T>(span: Span, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      // Without its message: it may quote the values of a row.
      failed(span, error instanceof Error ? error.name : 'Error');
      throw error;
    } finally {
      span.end();
    }
  }
}

function endRequest(span: Span, { requestId, request, door, status, bytes }: LeftRequest): void {
  span.setAttributes({ 'request.id': requestId, 'request.name': request, 'request.door': door });
  if (status === undefined) span.setAttribute('error.type', 'aborted');
  else span.setAttributes({ 'http.response.status_code': status, 'http.response.body.size': bytes });
  if (status !== undefined && status >= 500) failed(span, String(status));
  span.end();
}

function failed(span: Span, type: string): void {
  span.setAttribute('error.type', type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Events of one change have one trace, so a batch has fewer links than events. */
function linksTo(traces: readonly TraceParent[]): { readonly context: SpanContext }[] {
  const bySpan = new Map(traces.map((from) => [`${from.traceId}${from.spanId}`, from]));
  return Array.from(bySpan.values())
    .slice(0, MAX_LINKS)
    .map((from) => ({ context: spanContextOf(from) }));
}

function spanContextOf({ traceId, spanId, flags, state }: TraceParent): SpanContext {
  const context = { traceId, spanId, traceFlags: flags, isRemote: true };
  return state === undefined ? context : { ...context, traceState: createTraceState(state) };
}

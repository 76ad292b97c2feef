import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { atEnd } from '../at-end.js';

type Value = string | number | boolean;

export const KIND = { server: 2, client: 3, consumer: 5 } as const;

/** A span as the receiver has got it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly traceState: string;
  readonly attributes: Readonly<Record<string, Value>>;
  readonly links: readonly string[];
  readonly isError: boolean;
}

interface KeyValue {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string | number;
    readonly doubleValue?: number;
    readonly boolValue?: boolean;
  };
}

/** The part of OTLP's JSON that the tests look at. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly KeyValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly attributes?: readonly KeyValue[];
  readonly links?: readonly { readonly traceId: string }[];
  readonly status?: { readonly code?: number };
}

/** A collector that takes OTLP over HTTP in JSON, and keeps what it gets. */
export class OtlpReceiver {
  readonly spans: ReceivedSpan[] = [];

  private constructor(
    private readonly server: Server,
    private readonly isSilent: boolean,
  ) {
    server.on('request', (request, response) => {
      void this.take(request).then(
        () => this.isSilent || response.setHeader('content-type', 'application/json').end('{}'),
      );
    });
  }

  /** @param options a port other than any free one; `isSilent`: it takes everything and answers nothing */
  static async start({ port = 0, isSilent = false } = {}): Promise<OtlpReceiver> {
    const receiver = new OtlpReceiver(createServer(), isSilent);
    receiver.server.listen(port, '127.0.0.1');
    await once(receiver.server, 'listening');
    atEnd('stopping the OTLP receiver', () => receiver.stop());
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    this.server.closeAllConnections();
    await closed;
  }

  private async take(request: IncomingMessage): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const bytes = Buffer.concat(chunks);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
    if (request.url !== '/v1/traces') throw new Error(`spans come to /v1/traces, not to ${request.url}`);
    const { resourceSpans } = JSON.parse(text.toString()) as ExportRequest;
    for (const { resource, scopeSpans } of resourceSpans)
      for (const { spans } of scopeSpans)
        for (const span of spans)
          this.spans.push(received(String(valuesOf(resource.attributes)['service.name']), span));
  }
}

function received(service: string, span: OtlpSpan): ReceivedSpan {
  const { name, kind, traceId, spanId, parentSpanId = '', traceState = '', attributes = [], links = [], status } = span;
  const parts = { service, name, kind, traceId, spanId, parentSpanId, traceState };
  return {
    ...parts,
    attributes: valuesOf(attributes),
    links: links.map((link) => link.traceId),
    isError: status?.code === 2,
  };
}

function valuesOf(attributes: readonly KeyValue[]): Record<string, Value> {
  return Object.fromEntries(
    attributes.map(({ key, value: { stringValue, intValue, doubleValue, boolValue } }) => [
      key,
      stringValue ?? boolValue ?? Number(intValue ?? doubleValue),
    ]),
  );
}

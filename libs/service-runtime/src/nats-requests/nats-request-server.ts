import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import type { Logger } from '../logger.js';
import type { NatsLink } from '../nats-connection.js';
import { RefusalLog, type RequestTraces } from '../refusal-log.js';
import type { RequestWatch } from '../request-watch.js';
import { ServiceError, unforeseen } from '../service-error.js';
import { Summary } from '../summary.js';
import type { Answer } from '../answer.js';
import { ArrivedRequest, COMMON_HEADERS } from './arrived-request.js';
import { EndpointStats } from './endpoint-stats.js';
import { LastingSubscriptions } from './lasting-subscriptions.js';
import { answerMicroProtocol, type MicroService } from './micro-protocol.js';
import type { ReplyGuard } from './reply-guard.js';
import { respond, respondError } from './respond.js';

export interface NatsRequestServerOptions {
  readonly service: MicroService;
  /** A handler with the pattern `list` answers `<prefix>.list`. */
  readonly subjectPrefix: string;
  /** The server does not read a longer body. @param pattern of the handler */
  readonly maxBodyBytes: (pattern: string) => number;
  /** The headers that handlers read. Left out: none. */
  readonly headers?: readonly string[];
  /** Every instance joins this group, so one instance answers each request. Without a group, every active instance answers. */
  readonly queueGroup?: string;
  readonly watch: RequestWatch;
  /** An instance that is not active leaves requests to the others. */
  readonly isActive?: () => boolean;
}

/**
 * A Nest transport for NATS request-reply that also serves requesters without Nest: bare JSON gets bare JSON back, a `ClientProxy` gets its
 * envelope. Handlers get a {@link RequestBody} and return an {@link Answer}; the transport sends its bytes unchanged. Errors are {@link
 * ServiceError}s. It drops a request without an inbox for the answer.
 */
export class NatsRequestServer extends Server implements CustomTransportStrategy, BeforeApplicationShutdown {
  override readonly transportId = Symbol('nats-requests');
  private listening: LastingSubscriptions | undefined;
  private discovery: readonly Subscription[] = [];
  private readonly endpoints: EndpointStats[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private readonly refusals: RefusalLog;
  private readonly headers: ReadonlySet<string>;
  private readonly unsent: Summary<RequestTraces & { readonly err: unknown }>;
  private isClosing = false;

  constructor(
    private readonly link: NatsLink,
    private readonly options: NatsRequestServerOptions,
    private readonly guard: ReplyGuard,
    private readonly log: Logger,
  ) {
    super();
    const { headers = [] } = options;
    this.headers = new Set([...COMMON_HEADERS, ...headers].map((name) => name.toLowerCase()));
    this.refusals = new RefusalLog(log);
    this.unsent = new Summary((line, requests) =>
      log.error({ ...line, requests }, 'an error answer could not be sent'),
    );
  }

  /** Does not wait for NATS, so that HTTP can start meanwhile. */
  listen(callback: () => void): void {
    void this.link.connected().then(
      (connection) => this.subscribe(connection),
      () => undefined,
    );
    callback();
  }

  /** Runs before HTTP closes, so that `/health` says meanwhile that this process is shutting down. */
  beforeApplicationShutdown(): Promise<void> {
    return this.close();
  }

  /** Accepts no new request, then waits for those in flight. */
  async close(): Promise<void> {
    this.isClosing = true;
    const { isUp } = this.link;
    const discovery = isUp ? this.discovery.map((subscription) => subscription.drain()) : [];
    await Promise.allSettled([this.listening?.close(isUp), ...discovery]);
    await Promise.allSettled(this.inFlight);
  }

  /** Why no requests arrive although NATS is there; undefined if they can. */
  get problem(): string | undefined {
    return this.listening?.problem;
  }

  on(): never {
    throw new Error('a NATS request server has no events to listen to; use the NatsLink');
  }

  unwrap<T>(): T {
    return this.link as T;
  }

  private subscribe(connection: NatsConnection): void {
    if (this.isClosing) return;
    const { service, subjectPrefix, queueGroup: queue = '' } = this.options;
    this.listening = new LastingSubscriptions(connection, this.log);
    for (const [pattern, handler] of this.messageHandlers) {
      const stats = new EndpointStats(pattern, `${subjectPrefix}.${pattern}`, queue);
      this.endpoints.push(stats);
      const onMessage = (message: Msg) => {
        if ((this.options.isActive?.() ?? true) && this.guard.mayAnswer(message))
          this.track(this.answer(connection, handler, stats, this.arrived(message, connection, stats)));
      };
      this.listening.listenTo({ subject: stats.subject, queue, onMessage });
    }
    this.discovery = answerMicroProtocol(connection, service, this.guard, () => this.endpoints);
  }

  private arrived(message: Msg, connection: NatsConnection, { name }: EndpointStats): ArrivedRequest {
    const { headers, options } = this;
    return new ArrivedRequest(
      message,
      connection,
      { maxBodyBytes: options.maxBodyBytes(name), headers },
      options.watch,
    );
  }

  private track(work: Promise<void>): void {
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  /** Never rejects: sends an error as the answer, or logs it if no answer can be sent. */
  private async answer(
    connection: NatsConnection,
    handler: MessageHandler,
    stats: EndpointStats,
    request: ArrivedRequest,
  ): Promise<void> {
    let problem: ServiceError | undefined;
    let bytes: number;
    try {
      request.open();
      const { body, context, span } = request;
      const answers = span.run(() => handler(body, context));
      const answer = (await firstValueFrom(this.transformToObservable(await answers))) as Answer;
      bytes = respond(request, answer, connection.info?.max_payload);
    } catch (error) {
      problem = error instanceof ServiceError ? error : unforeseen(error);
      this.refusals.add(problem, { ...request.traces, subject: request.context.subject });
      bytes = this.refuse(request, problem);
    }
    this.left(stats, request, bytes, problem);
  }

  private left(stats: EndpointStats, request: ArrivedRequest, bytes: number, problem: ServiceError | undefined): void {
    stats.count(request.arrivedAt, problem && `${problem.statusCode}: ${problem.logged}`);
    this.options.watch.left(request.span, {
      requestId: request.id,
      door: 'nats',
      request: stats.name,
      status: problem?.statusCode ?? 200,
      bytes,
      ms: request.ms,
      source: request.context,
    });
  }

  /** @returns the bytes of the answer's body */
  private refuse(request: ArrivedRequest, problem: ServiceError): number {
    try {
      return respondError(request, problem, this.link.maxPayload);
    } catch (error) {
      this.unsent.add({ err: error, ...request.traces });
      return 0;
    }
  }
}

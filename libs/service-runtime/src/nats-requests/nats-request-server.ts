import type { BeforeApplicationShutdown } from '@nestjs/common';
import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import type { Logger } from '../logger.js';
import type { NatsLink } from '../nats-connection.js';
import { RefusalLog } from '../refusal-log.js';
import type { RequestMetrics } from '../request-metrics.js';
import { requestId } from '../request-id.js';
import { ServiceError, unforeseen } from '../service-error.js';
import { Summary } from '../summary.js';
import type { Answer } from '../answer.js';
import { EndpointStats } from './endpoint-stats.js';
import { LastingSubscriptions } from './lasting-subscriptions.js';
import { answerMicroProtocol, type MicroService } from './micro-protocol.js';
import { NatsRequestContext } from './nats-request-context.js';
import type { ReplyGuard } from './reply-guard.js';
import { RequestBody } from './request-body.js';
import { readHeaders } from './request-headers.js';
import { respond, respondError } from './respond.js';

export interface NatsRequestServerOptions {
  readonly service: MicroService;
  /** A handler with the pattern `list` answers `<prefix>.list`. */
  readonly subjectPrefix: string;
  /** The server does not read a longer body. @param pattern of the handler */
  readonly maxBodyBytes: (pattern: string) => number;
  /** Every instance joins this group, so one instance answers each request. Without a group, every active instance answers. */
  readonly queueGroup?: string;
  readonly metrics: RequestMetrics;
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
  private readonly unsent: Summary<{ readonly err: unknown; readonly requestId: string }>;
  private isClosing = false;

  constructor(
    private readonly link: NatsLink,
    private readonly options: NatsRequestServerOptions,
    private readonly guard: ReplyGuard,
    private readonly log: Logger,
  ) {
    super();
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
          this.track(this.answer(connection, handler, stats, message));
      };
      this.listening.listenTo({ subject: stats.subject, queue, onMessage });
    }
    this.discovery = answerMicroProtocol(connection, service, this.guard, () => this.endpoints);
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
    message: Msg,
  ): Promise<void> {
    const startedAt = process.hrtime.bigint();
    const body = new RequestBody(message.data, this.options.maxBodyBytes(stats.name));
    let id = requestId(undefined);
    try {
      const context = new NatsRequestContext([message.subject, readHeaders(message), id]);
      id = context.getArgs()[2] = requestId(onlyOne(context.header('x-request-id')));
      if (body.isTooLarge) body.read();
      const answer = (await firstValueFrom(this.transformToObservable(await handler(body, context)))) as Answer;
      respond(message, body, answer, id, connection.info?.max_payload);
      this.count(stats, startedAt);
    } catch (error) {
      const problem = error instanceof ServiceError ? error : unforeseen(error);
      this.count(stats, startedAt, problem);
      this.refusals.add(problem, { requestId: id, subject: message.subject });
      this.refuse(message, body, problem, id);
    }
  }

  private count(stats: EndpointStats, startedAt: bigint, problem?: ServiceError): void {
    stats.count(startedAt, problem && `${problem.statusCode}: ${problem.logged}`);
    const ms = Number(process.hrtime.bigint() - startedAt) / 1e6;
    this.options.metrics.observe(stats.name, 'nats', problem?.statusCode ?? 200, ms);
  }

  private refuse(message: Msg, body: RequestBody, problem: ServiceError, id: string): void {
    try {
      respondError(message, body, problem, id, this.link.maxPayload);
    } catch (error) {
      this.unsent.add({ err: error, requestId: id });
    }
  }
}

function onlyOne(values: readonly string[]): string | undefined {
  return values.length === 1 ? values[0] : undefined;
}

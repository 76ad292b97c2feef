import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import {
  headers as natsHeaders,
  type Msg,
  type MsgHdrs,
  type NatsConnection,
  type Subscription,
} from '@nats-io/transport-node';
import { firstValueFrom } from 'rxjs';
import type { Logger } from '../logger.js';
import type { NatsLink } from '../nats-connection.js';
import { requestId } from '../request-id.js';
import { OVERLOADED, ServiceError, unforeseen } from '../service-error.js';
import type { Answer } from './answer.js';
import { EndpointStats } from './endpoint-stats.js';
import { answerMicroProtocol, type MicroService } from './micro-protocol.js';
import { NatsRequestContext } from './nats-request-context.js';
import { readRequest, wrapAnswer, wrapError, type NatsRequest } from './request-envelope.js';

export interface NatsRequestServerOptions {
  readonly service: MicroService;
  /** A handler with the pattern `list` answers `<prefix>.list`. */
  readonly subjectPrefix: string;
  /** Every instance joins this group: each request is answered once. Without one, every active instance answers. */
  readonly queueGroup?: string;
  /** An instance that is not active leaves requests to the others. */
  readonly isActive?: () => boolean;
  /** Whether a message without a reply subject is carried out; otherwise it is dropped. */
  readonly takesOneWayMessages?: boolean;
}

/** The whole message is in the body; a header is for people with a NATS command line. */
const MAX_ERROR_HEADER = 1_000;

/**
 * A Nest transport for NATS request-reply whose requesters need not be Nest: bare JSON gets bare JSON back, a `ClientProxy` gets
 * its envelope. Handlers return an {@link Answer}; its bytes go out as they are. Errors are {@link ServiceError}s.
 */
export class NatsRequestServer extends Server implements CustomTransportStrategy {
  override readonly transportId = Symbol('nats-requests');
  private readonly subscriptions: Subscription[] = [];
  private readonly endpoints: EndpointStats[] = [];
  private readonly inFlight = new Set<Promise<void>>();
  private isClosing = false;

  constructor(
    private readonly link: NatsLink,
    private readonly options: NatsRequestServerOptions,
    private readonly log: Logger,
  ) {
    super();
  }

  /** Does not wait for NATS: the other door of the process opens meanwhile. */
  listen(callback: () => void): void {
    void this.link.connected().then(
      (connection) => this.subscribe(connection),
      () => undefined,
    );
    callback();
  }

  /** Takes no new request, then waits for the ones in flight. */
  async close(): Promise<void> {
    this.isClosing = true;
    await Promise.allSettled(this.link.isUp ? this.subscriptions.map((subscription) => subscription.drain()) : []);
    await Promise.allSettled(this.inFlight);
  }

  on(): never {
    throw new Error('a NATS request server has no events to listen to; watch the NatsLink');
  }

  unwrap<T>(): T {
    return this.link as T;
  }

  private subscribe(connection: NatsConnection): void {
    if (this.isClosing) return;
    const { service, subjectPrefix, queueGroup: queue } = this.options;
    for (const [pattern, handler] of this.messageHandlers) {
      const stats = new EndpointStats(pattern, `${subjectPrefix}.${pattern}`, queue ?? '');
      this.endpoints.push(stats);
      const callback = (error: Error | null, message: Msg) => {
        if (error) this.log.error({ err: error, subject: stats.subject }, 'NATS refused a subscription');
        else if (this.options.isActive?.() ?? true) this.track(this.answer(connection, handler, stats, message));
      };
      this.subscriptions.push(connection.subscribe(stats.subject, { ...(queue ? { queue } : {}), callback }));
    }
    this.subscriptions.push(...answerMicroProtocol(connection, service, () => this.endpoints));
  }

  private track(work: Promise<void>): void {
    this.inFlight.add(work);
    void work.finally(() => this.inFlight.delete(work));
  }

  /** Never rejects: whatever goes wrong is answered, or logged where nobody can be answered. */
  private async answer(
    connection: NatsConnection,
    handler: MessageHandler,
    stats: EndpointStats,
    message: Msg,
  ): Promise<void> {
    const startedAt = process.hrtime.bigint();
    const request = readRequest(message.data);
    const context = new NatsRequestContext([message.subject, message.headers, '']);
    const id = requestId(context.header('x-request-id'));
    context.getArgs()[2] = id;
    try {
      if (!message.reply && !this.options.takesOneWayMessages) {
        throw new ServiceError(400, 'A request needs a reply subject.');
      }
      if (request.shape === 'unreadable')
        throw new ServiceError(400, 'The request body is not JSON; send a JSON object, or nothing for all defaults.');
      if (request.givenTwice !== undefined) throw givenTwice(request.givenTwice);
      const answer = (await firstValueFrom(this.transformToObservable(await handler(request.data, context)))) as Answer;
      if (!message.reply) return stats.count(startedAt);
      respondWithin(
        connection,
        message,
        wrapAnswer(request, answer.json),
        headersOf({ ...answer.headers, 'X-Request-Id': id }),
      );
      stats.count(startedAt);
    } catch (error) {
      const problem = error instanceof ServiceError ? error : unforeseen(error);
      stats.count(startedAt, `${problem.statusCode}: ${problem.message}`);
      this.report(problem, message.subject, id);
      this.respondError(message, request, problem, id);
    }
  }

  private respondError(message: Msg, request: NatsRequest, problem: ServiceError, id: string): void {
    const headers = headersOf({
      'Nats-Service-Error': problem.message.slice(0, MAX_ERROR_HEADER),
      ...problem.headers,
      'Nats-Service-Error-Code': String(problem.statusCode),
      'X-Request-Id': id,
    });
    try {
      message.respond(wrapError(request, Buffer.from(JSON.stringify(problem.body(id)))), { headers });
    } catch (error) {
      this.log.error({ err: error, requestId: id }, 'an error answer could not be sent');
    }
  }

  private report(problem: ServiceError, subject: string, id: string): void {
    if (problem === OVERLOADED) return;
    const line = { requestId: id, subject, statusCode: problem.statusCode };
    if (problem.statusCode >= 500) this.log.error({ ...line, err: problem.cause ?? problem }, problem.message);
    else this.log.info(line, problem.message);
  }
}

function givenTwice(key: string): ServiceError {
  const param = key.slice(0, 60).toWellFormed();
  const message = 'is given twice: give it once';
  return new ServiceError(400, `${param} ${message}.`, { details: [{ param, message }] });
}

function headersOf(values: Readonly<Record<string, string>>): MsgHdrs {
  const headers = natsHeaders();
  // A header value must stay on its line, and the wire format is Latin-1.
  for (const [name, value] of Object.entries(values)) headers.set(name, value.replace(/[^\x20-\x7e]/g, '?'));
  return headers;
}

function respondWithin(connection: NatsConnection, message: Msg, body: Buffer, headers: MsgHdrs): void {
  const size = body.length + headerSize(headers);
  const limit = connection.info?.max_payload ?? Infinity;
  if (size > limit) {
    throw new ServiceError(
      413,
      `The answer has ${size} bytes but this NATS server carries at most ${limit} per message; ask again with a lower limit.`,
    );
  }
  message.respond(body, { headers });
}

/** `NATS/1.0` and one `Name: value` line each, ended by an empty line. */
function headerSize(headers: MsgHdrs): number {
  let size = 'NATS/1.0\r\n\r\n'.length;
  for (const [name, values] of headers)
    for (const value of values) size += name.length + value.length + ': \r\n'.length;
  return size;
}

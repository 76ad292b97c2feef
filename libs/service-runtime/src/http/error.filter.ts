import { Catch, HttpException, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { STATUS_CODES } from 'node:http';
import { throwError } from 'rxjs';
import type { Logger } from '../logger.js';
import { RefusalLog } from '../refusal-log.js';
import { tracesOf } from './request-traces.js';
import { ServiceError, unforeseen, type ErrorBody } from '../service-error.js';

/** The answer in whose place the error stands may have set them before it failed. Of the error they would be false. */
const OF_THE_ANSWER = ['content-encoding', 'content-disposition', 'x-total-count'];

/** Turns every error of a handler into the one error format. For NATS the transport does that, with the same error. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly refusals: RefusalLog;

  constructor(logger: Logger) {
    this.refusals = new RefusalLog(logger);
  }

  catch(thrown: unknown, host: ArgumentsHost): unknown {
    if (host.getType() === 'rpc') return throwError(() => thrown);
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const body = this.bodyOf(thrown, request);
    const reply = http.getResponse<FastifyReply>();
    for (const name of OF_THE_ANSWER) void reply.removeHeader(name);
    if (thrown instanceof ServiceError) reply.headers(thrown.headers);
    return reply
      .status(body.statusCode)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify(body));
  }

  private bodyOf(thrown: unknown, request: FastifyRequest): ErrorBody {
    const clientFault = clientFaultOf(thrown, request);
    if (clientFault) return clientFault;
    const problem = thrown instanceof ServiceError ? thrown : unforeseen(thrown);
    this.refusals.add(problem, { ...tracesOf(request), path: loggedPath(request) });
    return problem.body(request.id);
  }
}

/** The path without parameter values: a caller may have put a uid in place of an id, and a log must not hold it. */
function loggedPath({ url, params, routeOptions }: FastifyRequest): string {
  const areIds = Object.values(params ?? {}).every((value) => /^\d+$/.test(String(value)));
  return areIds ? url.split('?')[0]! : (routeOptions.url ?? '');
}

/** Errors of Nest and Fastify before one of our handlers runs: unknown routes, unreadable bodies. */
function clientFaultOf(thrown: unknown, request: FastifyRequest): ErrorBody | undefined {
  const statusCode = statusOf(thrown, request);
  if (statusCode === undefined || statusCode >= 500) return undefined;
  // Nest quotes the whole path, with anything a caller wrote into it. request-check.ts has already refused unknown paths.
  const message =
    thrown instanceof NotFoundException
      ? 'There is no such file here.'
      : statusCode === 415
        ? 'The header Content-Type is no media type, such as application/json: send one.'
        : (thrown as Error).message;
  return { statusCode, error: STATUS_CODES[statusCode] ?? 'Error', message, requestId: request.id };
}

function statusOf(thrown: unknown, request: FastifyRequest): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  return isBrokenOff(thrown, request) ? 400 : fastifyStatus(thrown);
}

/** The caller closed the connection, or sent nothing more, before its body was complete. Node's error then has no status. */
function isBrokenOff(thrown: unknown, { raw }: FastifyRequest): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ECONNRESET' && raw.destroyed && !raw.complete;
}

function fastifyStatus(thrown: unknown): number | undefined {
  const isFastifys = thrown instanceof Error && 'code' in thrown && String(thrown.code).startsWith('FST_ERR_');
  return isFastifys && 'statusCode' in thrown ? Number(thrown.statusCode) : undefined;
}

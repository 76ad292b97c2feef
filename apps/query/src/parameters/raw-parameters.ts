import type { ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { readJsonBody } from '#service-runtime/json-body.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { shortened } from './quoted.js';

/**
 * The raw parameters of a caller: the JSON of a NATS request, or the path and the query string of an HTTP request,
 * or the JSON of its body.
 * @throws {ServiceError} 400 or 413 as {@link RequestBody.read}, 400 for a query string that cannot be decoded
 */
export function rawParameters(context: ExecutionContext): unknown {
  return context.getType() === 'rpc'
    ? context.switchToRpc().getData<RequestBody>().read()
    : ofHttp(context.switchToHttp().getRequest());
}

/** A parameter in both the path and the query string is given twice. */
function ofHttp(request: FastifyRequest): unknown {
  if (request.method === 'POST') return ofBody(request);
  const inQuery = decodableQuery(request);
  const inPath = Object.entries(request.params as Readonly<Record<string, unknown>>);
  const given = inPath.map(([name, value]) => [name, name in inQuery ? [value, inQuery[name]] : value]);
  return { ...inQuery, ...(Object.fromEntries(given) as object) };
}

/** The parameters of a body stand in no URL, which may be too short for them and which others log. */
function ofBody(request: FastifyRequest): unknown {
  const [param] = Object.keys(decodableQuery(request));
  if (param === undefined) return readJsonBody((request.body as Buffer | undefined) ?? Buffer.alloc(0));
  const message = 'is in the URL: put it into the JSON body';
  const details = [{ param: shortened(param), message }];
  throw new ServiceError(400, `${shortened(param)} ${message}.`, { details, logged: `a parameter ${message}` });
}

/** Fastify's parser does not refuse a text that is no percent-encoded UTF-8: it leaves the text undecoded. */
function decodableQuery({ url, query }: FastifyRequest): Readonly<Record<string, unknown>> {
  const start = url.indexOf('?');
  const written = start < 0 ? '' : url.slice(start + 1);
  if (written.includes('%')) written.split('&').forEach(checkEncoding);
  return query as Readonly<Record<string, unknown>>;
}

function checkEncoding(pair: string): void {
  const [name = '', ...value] = pair.split('=');
  if (isDecodable(name) && isDecodable(value.join('='))) return;
  const message = 'is not percent-encoded UTF-8: write a plain % as %25';
  const param = shortened(name);
  const logged = `a parameter ${message}`;
  throw new ServiceError(400, `${param} ${message}.`, { details: [{ param, message }], logged });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

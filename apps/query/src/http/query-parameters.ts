import type { FastifyRequest } from 'fastify';
import { ServiceError } from '#service-runtime/service-error.js';
import { shortened } from '../parameters/shown.js';

/**
 * The parameters in a request's query string.
 * @throws {ServiceError} 400 where one is not percent-encoded UTF-8: the parser would pass it on as it stands
 */
export function queryParameters({ url, query }: FastifyRequest): unknown {
  const start = url.indexOf('?');
  const written = start < 0 ? '' : url.slice(start + 1);
  if (written.includes('%')) written.split('&').forEach(checkEncoding);
  return query;
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

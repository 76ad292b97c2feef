import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Routes } from './routes.js';

/** Headers that may come only once: Node would silently take the first one, and a proxy before us may take the last one. */
const ONCE_ONLY = ['host', 'authorization', 'expect'];
const MAX_SHOWN = 100;
/** Node silently reads no more headers than this: later ones would be missing, a second Authorization too. */
export const MAX_HEADERS = 1_000;

/** Why a request is refused before its parameters are read. */
export interface Refusal {
  readonly error: HttpException;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Why a request is wrong in its headers, its path or its method. */
export function refusalOf(request: FastifyRequest, routes: Routes): Refusal | undefined {
  if (request.raw.rawHeaders.length >= 2 * MAX_HEADERS)
    return refusal(431, `There are ${MAX_HEADERS} headers or more: send fewer.`);
  const twice = ONCE_ONLY.find((name) => countOf(name, request.raw.rawHeaders) > 1);
  if (twice !== undefined) return refusal(400, `The header ${twice} is given more than once: send it once.`);
  const { host, expect } = request.headers;
  if (host === undefined && request.raw.httpVersion === '1.1') return refusal(400, 'The header host is missing.');
  if (expect !== undefined && expect.toLowerCase() !== '100-continue')
    return refusal(417, 'This service meets no expectation but "100-continue": leave the header expect out.');
  if (request.url.includes('#')) return refusal(400, 'The URL of the request has a #: write it as %23.');
  const hasNone = hasNoRoute(request) || routes.hasOther(pathOf(request.url), request.method);
  return hasNone ? notThere(request, routes) : undefined;
}

/** Browsers may ask for leave for the paths that there are, and CORS answers without a look at the path. */
export function refusalOfOptions(request: FastifyRequest, routes: Routes): Refusal | undefined {
  const isNowhere = request.method === 'OPTIONS' && routes.methodsAt(pathOf(request.url)).length === 0;
  return isNowhere ? notThere(request, routes) : undefined;
}

/** The router treats a path that ends in a slash as one with an empty parameter. */
function hasNoRoute({ is404, params }: FastifyRequest): boolean {
  return is404 || (typeof params === 'object' && params !== null && Object.values(params).includes(''));
}

function notThere({ url, method }: FastifyRequest, routes: Routes): Refusal {
  const path = pathOf(url);
  const allowed = routes.methodsAt(path);
  if (allowed.length === 0 || allowed.includes(method))
    return refusal(404, `There is nothing at ${method} ${printable(path)}; ${routes.hint}.`);
  const allow = allowed.join(', ');
  return { ...refusal(405, `${printable(path)} has no method ${method}; it has ${allow}.`), headers: { allow } };
}

function refusal(status: number, message: string): Refusal {
  return { error: new HttpException(message, status) };
}

function countOf(name: string, rawHeaders: readonly string[]): number {
  return rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === name).length;
}

/** The path without the query, and without scheme and host if the request line has them. */
function pathOf(url: string): string {
  return url.replace(/[?#].*$/s, '').replace(/^https?:\/\/[^/]*/i, '');
}

/** A caller's text in the form that an error message may show. */
function printable(text: string): string {
  const shown = text.slice(0, MAX_SHOWN).replaceAll(/[^\x21-\x7e]/g, '?');
  return text.length > MAX_SHOWN ? `${shown}…` : shown;
}

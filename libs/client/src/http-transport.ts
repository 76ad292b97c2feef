import { NoAnswerError } from './errors.js';
import type { SendOptions, Transport, WireAnswer, WireRequest } from './transport.js';

/** Requests over HTTP. @param url of the service, for instance `http://localhost:3000` */
export function overHttp(url: string | URL): Transport {
  const base = new URL(url);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return { send: (request, options) => send(base, request, options) };
}

async function send(base: URL, request: WireRequest, { timeoutMs, signal }: SendOptions): Promise<WireAnswer> {
  const { path, ...sent } = httpRequestOf(request);
  const url = new URL(path, base);
  // A header that cannot be sent is a mistake of the caller, so it must not look like a network that is away.
  const headers = new Headers({ ...request.headers, ...sent.headers });
  const limit = AbortSignal.timeout(Math.ceil(timeoutMs));
  try {
    const answer = await fetch(url, { ...sent, headers, signal: signal ? AbortSignal.any([limit, signal]) : limit });
    return { status: answer.status, headers: answer.headers, body: await answer.text() };
  } catch (error) {
    throw new NoAnswerError(`There is no answer from ${base.origin}: ${reasonOf(error)}`, { cause: error });
  }
}

interface HttpRequest {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

function httpRequestOf({ operation, parameters }: WireRequest): HttpRequest {
  switch (operation) {
    case 'list':
      return { path: `v2/tokens?${queryOf(parameters)}` };
    case 'get':
      return { path: `v2/tokens/${encodeURIComponent(String(parameters['id']))}` };
    case 'changes':
      return { path: `v2/tokens/changes?${queryOf(parameters)}` };
    case 'resolve': {
      const headers = { 'Content-Type': 'application/json' };
      return { path: 'v2/tokens/resolve', method: 'POST', headers, body: JSON.stringify(parameters) };
    }
  }
}

function queryOf(parameters: Readonly<Record<string, unknown>>): string {
  const texts = Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams(texts).toString();
}

/** `fetch` says only "fetch failed"; what failed is its cause, which has no message where several addresses failed. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & {
    readonly cause?: { readonly message?: string; readonly code?: string };
  };
  return [cause?.message, cause?.code, message].find(Boolean) ?? String(error);
}

import { request, type IncomingMessage, type RequestOptions } from 'node:http';
import { once } from 'node:events';

/** One download: how long it took, and how large it was. */
export interface Download {
  readonly seconds: number;
  readonly bytes: number;
}

/** Downloads an answer and keeps none of it. */
export async function downloaded(
  url: string,
  { token, accept, encoding }: { readonly token: string; readonly accept: string; readonly encoding: string },
): Promise<Download> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${token}`, accept, 'accept-encoding': encoding };
  const response = await answered(url, { headers });
  let bytes = 0;
  for await (const chunk of response) bytes += (chunk as Buffer).length;
  return { seconds: (performance.now() - startedAt) / 1_000, bytes };
}

/** Reads the same list page by page, by its cursors: what a caller does without an export. */
export async function walked(url: string, token: string): Promise<Download> {
  const startedAt = performance.now();
  const headers = { authorization: `Bearer ${token}` };
  let bytes = 0;
  for (let next: string | undefined = `${url}?limit=1000`; next !== undefined;) {
    const response: IncomingMessage = await answered(next, { headers });
    for await (const chunk of response) bytes += (chunk as Buffer).length;
    const path: string | undefined = /<([^>]*)>; rel="next"/.exec(String(response.headers['link']))?.[1];
    next = path === undefined ? undefined : new URL(path, url).href;
  }
  return { seconds: (performance.now() - startedAt) / 1_000, bytes };
}

async function answered(url: string, options: RequestOptions): Promise<IncomingMessage> {
  const [response] = (await once(request(url, options).end(), 'response')) as [IncomingMessage];
  if (response.statusCode !== 200) throw new Error(`${url} was answered ${response.statusCode}`);
  return response;
}

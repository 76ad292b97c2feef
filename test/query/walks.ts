/// <reference types="jest" />
import { httpRequest, natsRequest, type Reply } from '../support/clients.js';
import type { Caller, Values } from './doors.js';
import type { World } from './world.js';

interface Listed {
  readonly id: number;
}

/** Everything that must be on a page, and what leads on from there. */
export interface WalkedPage {
  readonly data: readonly Listed[];
  readonly count: number;
  readonly links: Readonly<Record<string, string>>;
}

type Way = 'next' | 'prev';

/** Follows links over HTTP, as a caller does who knows nothing of cursors. @param change called before every further page */
export async function walkHttp(
  { query: { url } }: Pick<World, 'query'>,
  values: Values,
  { token }: Caller = {},
  change: () => Promise<unknown> = () => Promise.resolve(),
  way: Way = 'next',
): Promise<WalkedPage[]> {
  const pages: WalkedPage[] = [];
  const texts = Object.entries(values).map(([name, value]): [string, string] => [name, String(value)]);
  let next: string | undefined = `${url}/v2/tokens?${new URLSearchParams(texts).toString()}`;
  while (next !== undefined) {
    if (pages.length > 0) await change();
    const page = pageOf(await httpRequest(next, token === undefined ? {} : { token }));
    pages.push(page);
    const reference: string | undefined = page.links[way];
    next = reference === undefined ? undefined : new URL(reference, next).href;
  }
  return pages;
}

/** The same over NATS, by the cursor in the header. */
export async function walkNats({ stream }: Pick<World, 'stream'>, values: Values): Promise<WalkedPage[]> {
  const pages: WalkedPage[] = [];
  let cursor: string | undefined;
  do {
    const body = cursor === undefined ? values : { ...values, cursor };
    const reply = await natsRequest(stream.nats, `${stream.prefix}.list`, body);
    pages.push(pageOf(reply));
    cursor = reply.headers.get('x-next-cursor') ?? undefined;
  } while (cursor !== undefined);
  return pages;
}

export function pageOf(reply: Reply): WalkedPage {
  expect({ status: reply.status, body: reply.status === 200 ? '' : reply.body }).toEqual({ status: 200, body: '' });
  const links = (reply.headers.get('link') ?? '').matchAll(/<([^>]*)>; rel="(\w+)"/g);
  return {
    ...reply.json<{ data: Listed[]; count: number }>(),
    links: Object.fromEntries([...links].map(([, url, rel]) => [rel!, url!])),
  };
}

export function idsOf(pages: readonly WalkedPage[]): number[] {
  return pages.flatMap(({ data }) => data.map(({ id }) => id));
}

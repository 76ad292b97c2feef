import type { PageLinks } from './page-links.js';

/** Many clients and proxies take no more than 16 KB of headers, and 1,000 ids make a URL of that length. */
const MOST_CHARACTERS = 8_192;

/**
 * The header `Link` (RFC 8288): the same request for the pages beside this one, and for the first page. The links of a long request are
 * left out, the least important first.
 * @param url of the request
 * @returns undefined: none of them is short enough
 */
export function linkHeader(url: string, { next, prev }: PageLinks): string | undefined {
  // A query may hold further question marks.
  const [path = '', ...query] = url.split('?');
  const parameters = new URLSearchParams(query.join('?'));
  for (const name of ['cursor', 'offset']) parameters.delete(name);
  // Lists keep their commas, which a query may have.
  const others = parameters.toString().replaceAll('%2C', ',');
  const link = (rel: string, cursor?: string) => {
    const text = [others, cursor === undefined ? '' : `cursor=${cursor}`].filter((part) => part !== '').join('&');
    return `<${path}${text === '' ? '' : '?'}${text}>; rel="${rel}"`;
  };
  const links = [
    ...(next === undefined ? [] : [link('next', next)]),
    ...(prev === undefined ? [] : [link('prev', prev)]),
    link('first'),
  ];
  while (links.join(', ').length > MOST_CHARACTERS) links.pop();
  return links.length > 0 ? links.join(', ') : undefined;
}

import type { PageLinks } from './page-links.js';

/** The header `Link` (RFC 8288): the same request for the pages beside this one, and for the first page. @param url of the request */
export function linkHeader(url: string, { next, prev }: PageLinks): string {
  // A query may hold further question marks.
  const [path = '', ...query] = url.split('?');
  const link = (rel: string, cursor?: string) => {
    const parameters = new URLSearchParams(query.join('?'));
    for (const name of ['cursor', 'offset']) parameters.delete(name);
    if (cursor !== undefined) parameters.set('cursor', cursor);
    return `<${path}${parameters.size > 0 ? '?' : ''}${parameters.toString()}>; rel="${rel}"`;
  };
  return [
    ...(next === undefined ? [] : [link('next', next)]),
    ...(prev === undefined ? [] : [link('prev', prev)]),
    link('first'),
  ].join(', ');
}

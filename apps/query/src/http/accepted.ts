import { negotiate } from '@fastify/accept-negotiator';

const JSON_TYPE = 'application/json';

/**
 * Which of some media types a caller likes best. undefined: JSON, also where the caller accepts nothing that there is. A wildcard never
 * means one of them: nobody gets what it has not named.
 * @param accept the header `Accept`
 * @param others in the order of preference where a caller accepts several alike; JSON comes before them
 */
export function namedMediaType(accept: string | undefined, others: readonly string[]): string | undefined {
  if (accept === undefined) return undefined;
  const ranges = accept.toLowerCase().split(',').map(withoutParameters).join();
  const chosen = negotiate(ranges, [JSON_TYPE, ...others, '*/*']);
  return others.find((mediaType) => mediaType === chosen);
}

/** The negotiator knows no parameter but `q`. */
function withoutParameters(range: string): string {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => /^q=[\d.]+$/.test(parameter));
  const named = type.endsWith('/*') ? '*/*' : type;
  return quality === undefined ? named : `${named};${quality}`;
}

import type { ListRequest } from './list-clock.js';

/** The parameters as in a URL, in a readable form. */
export function requestText(request: ListRequest): string {
  const text = Object.entries(request)
    .filter(([name, value]) => value !== undefined && name !== 'limit')
    .map(([name, value]) => `${name}=${Array.isArray(value) ? `${value.length} of them` : String(value)}`)
    .join('&');
  return text === '' ? '(no parameters)' : text;
}

import type { ListRequest } from './list-clock.js';

/** As it would stand in a URL, spelled to be read. */
export function requestText(request: ListRequest): string {
  const text = Object.entries(request)
    .filter(([name, value]) => value !== undefined && name !== 'limit')
    .map(([name, value]) => `${name}=${String(value)}`)
    .join('&');
  return text === '' ? '(no parameters)' : text;
}

import { AccessLog } from './access-log.js';
import type { Logger } from './logger.js';

const REQUEST = { requestId: 'a', door: 'http', request: 'list', status: 200, bytes: 2, ms: 1.23, source: {} } as const;

/** How many of eight requests, spread evenly over chance, are logged. */
function loggedOfEight(every: number): number {
  const lines: unknown[] = [];
  const logger = { info: (line: unknown) => lines.push(line) } as unknown as Logger;
  let drawn = 0;
  const log = new AccessLog(
    logger,
    every,
    () => ({}),
    () => drawn++ / 8,
  );
  for (let i = 0; i < 8; i += 1) log.add(REQUEST);
  return lines.length;
}

describe('the access log', () => {
  test('has no line, a share of the lines, or each, as it is told', () => {
    expect([0, 1, 2, 4, 8].map(loggedOfEight)).toEqual([0, 8, 4, 2, 1]);
  });
});

import { EndpointStats } from './endpoint-stats.js';

describe('the figures of an endpoint', () => {
  test('tell the beginning of the last error only, however much it quotes of the request', () => {
    const stats = new EndpointStats('list', 'tokens.list', '');
    stats.count(process.hrtime.bigint(), `400: ${'😀'.repeat(5_000)}`);
    const { last_error } = stats.stats() as { last_error: string };
    expect(last_error).toMatch(/^400: 😀/);
    expect(last_error.length).toBeLessThanOrEqual(200);
    expect(last_error.isWellFormed()).toBe(true);
  });
});

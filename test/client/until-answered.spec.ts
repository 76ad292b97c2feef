import { ApiError, NoAnswerError } from '../../libs/client/src/errors.js';
import { untilAnswered } from '../../libs/client/src/until-answered.js';

const refusal = (status: number, retryAfter?: string) =>
  new ApiError({
    status,
    headers: new Headers(retryAfter === undefined ? {} : { 'Retry-After': retryAfter }),
    body: JSON.stringify({ message: `refused with ${status}` }),
  });

/** Each attempt comes to the next of these; the last one stands for all that follow. */
function attempts(...ends: readonly (Error | 'answer')[]): { run: () => Promise<string>; made: () => number } {
  let made = 0;
  const run = async () => {
    const end = ends[Math.min(made, ends.length - 1)]!;
    made += 1;
    if (end instanceof Error) throw end;
    return end;
  };
  return { run, made: () => made };
}

describe('a request that is repeated', () => {
  const away = new NoAnswerError('nobody is there');

  test('ends with what the service has said, although no answer came in the end', async () => {
    const said = refusal(503, '0');
    const { run } = attempts(said, away);
    await expect(untilAnswered(run, 200, undefined)).rejects.toBe(said);
  });

  test('is not sent once its time is over, although a pause took longer than it should', async () => {
    const said = refusal(503, '0');
    const clock = jest.spyOn(performance, 'now').mockReturnValueOnce(0).mockReturnValueOnce(0).mockReturnValueOnce(99);
    const { run, made } = attempts(said, 'answer');
    clock.mockReturnValue(101);
    await expect(untilAnswered(run, 100, undefined)).rejects.toBe(said);
    expect(made()).toBe(1);
    clock.mockRestore();
  });

  test.each([429, 502, 503, 504])('is sent again after a %s', async (status) => {
    const { run, made } = attempts(refusal(status, '0'), away, 'answer');
    await expect(untilAnswered(run, 1_000, undefined)).resolves.toBe('answer');
    expect(made()).toBe(3);
  });

  test.each([400, 403, 404, 410, 413, 500])('is not sent again after a %s', async (status) => {
    const { run, made } = attempts(refusal(status, '0'), 'answer');
    await expect(untilAnswered(run, 1_000, undefined)).rejects.toMatchObject({ status });
    expect(made()).toBe(1);
  });

  test('does not wait for a time that is after its own', async () => {
    const { run, made } = attempts(refusal(503, '60'), 'answer');
    await expect(untilAnswered(run, 1_000, undefined)).rejects.toMatchObject({ status: 503, retryAfterMs: 60_000 });
    expect(made()).toBe(1);
  });

  test('reads a date in Retry-After', () => {
    const { retryAfterMs } = refusal(429, new Date(Date.now() + 30_000).toUTCString());
    expect(retryAfterMs).toBeGreaterThan(25_000);
    expect(retryAfterMs).toBeLessThanOrEqual(30_000);
  });

  test('may be refused by a proxy, which has no error body of this API', () => {
    const error = new ApiError({ status: 502, headers: new Headers(), body: '<html>bad gateway</html>' });
    expect(error).toMatchObject({ status: 502, details: [], requestId: undefined });
    expect(error.message).toContain('502');
  });
});

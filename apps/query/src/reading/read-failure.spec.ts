import { OVERLOADED, unavailable } from '#service-runtime/service-error.js';
import { isPassing, NO_ATTEMPT_LEFT, readFailure } from './read-failure.js';

describe('an error of the database', () => {
  const withCode = (code: string) => Object.assign(new Error('canceled'), { code });

  test('passes where a replica cancelled a statement for others, or it had no turn, also as the answer that it became', () => {
    const cancelled = withCode('40001');
    expect([cancelled, readFailure(cancelled), NO_ATTEMPT_LEFT, OVERLOADED].map(isPassing)).not.toContain(false);
  });

  test('does not pass where the database is away or took too long', () => {
    const [away, slow] = [withCode('ECONNREFUSED'), withCode('57014')];
    expect([away, readFailure(away), slow, readFailure(slow), unavailable('database')].map(isPassing)).not.toContain(
      true,
    );
  });
});

import { errors, headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { refusalIn, withPermissionHint } from './refusal.js';

function headersOf(values: Readonly<Record<string, string>>): MsgHdrs {
  const headers = natsHeaders();
  for (const [name, value] of Object.entries(values)) headers.set(name, value);
  return headers;
}

describe('refusalIn', () => {
  test('names the requestId of an error that is to be reported', () => {
    const headers = headersOf({
      'Nats-Service-Error': 'Something unforeseen went wrong.',
      'Nats-Service-Error-Code': '500',
      'X-Request-Id': '6b1dcd1a',
    });
    expect(refusalIn(headers)?.message).toBe('Something unforeseen went wrong. (requestId 6b1dcd1a)');
  });

  test('leaves the words alone where they say what to do', () => {
    const headers = headersOf({
      'Nats-Service-Error': 'A rebuild is running.',
      'Nats-Service-Error-Code': '409',
      'X-Request-Id': '6b1dcd1a',
    });
    expect(refusalIn(headers)?.message).toBe('A rebuild is running.');
  });

  test('is passing where the same request may be answered in a moment', () => {
    const refusal = (code: string) =>
      refusalIn(headersOf({ 'Nats-Service-Error': 'Not now.', 'Nats-Service-Error-Code': code }));
    expect(refusal('503')?.isPassing).toBe(true);
    expect(refusal('500')?.isPassing).toBe(false);
  });

  test('is undefined for any other answer', () => {
    expect(refusalIn(undefined)).toBeUndefined();
    expect(refusalIn(headersOf({ 'X-Request-Id': '6b1dcd1a' }))).toBeUndefined();
  });
});

describe('withPermissionHint', () => {
  const violation = (operation: 'publish' | 'subscription') =>
    new errors.PermissionViolationError(`Permissions Violation for ${operation}`, operation, 'a.b');

  test.each([
    ['subscription', 'is NATS_INBOX_PREFIX the one of this login?'],
    ['publish', 'is the login in NATS_URL that of an operator?'],
  ] as const)('asks about the setting that decides: %s', (operation, question) => {
    for (const error of [violation(operation), new Error('request failed', { cause: violation(operation) })])
      expect(withPermissionHint(error)).toMatchObject({
        message: expect.stringContaining(question) as string,
        cause: error,
      });
  });

  test('leaves any other error as it is', () => {
    const error = new Error('no answer');
    expect(withPermissionHint(error)).toBe(error);
  });
});

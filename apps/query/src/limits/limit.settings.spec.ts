import { Environment } from '#service-runtime/settings/environment.js';
import { readLimitSettings } from './limit.settings.js';

const read = (variables: Record<string, string>) => Environment.read(variables, readLimitSettings);

describe('limits on callers', () => {
  test('are off unless they are set', () => {
    expect(read({})).toEqual({ rateLimit: undefined, corsOrigins: [] });
    expect(read({ RATE_LIMIT_REQUESTS: '100', CORS_ORIGINS: 'https://a.example, http://localhost:5173' })).toEqual({
      rateLimit: { requests: 100, seconds: 60 },
      corsOrigins: ['https://a.example', 'http://localhost:5173'],
    });
    expect(read({ CORS_ORIGINS: '*' }).corsOrigins).toEqual(['*']);
  });

  test.each([
    'https://a.example/',
    'a.example',
    'https://a.example/path',
    'https://A.example',
    'null',
    'ftp://a.example',
  ])('name no origin that no browser would ever send: %s', (CORS_ORIGINS) => {
    expect(() => read({ CORS_ORIGINS })).toThrow('CORS_ORIGINS must be');
  });
});

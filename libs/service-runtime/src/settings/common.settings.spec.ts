import { readDatabaseUrl, readNatsSettings, readStreamSettings, readSubjectPrefix } from './common.settings.js';
import { Environment } from './environment.js';

describe('NATS_URL', () => {
  const read = (url: string) => Environment.read({ NATS_URL: url }, readNatsSettings);

  test.each([
    ['nats://', 'must name a host'],
    ['nats://a:4222,nats://', 'must name a host'],
    ['nats://user:100%@a', 'percent-encoded'],
    ['a:4222', 'must be a URL'],
    ['nats://a:4222,', 'must name a server'],
  ])('is refused at the start as %s: %s', (url, problem) => {
    expect(() => read(url)).toThrow(problem);
  });

  test('takes user and password as they stand in a URL', () => {
    expect(read('nats://user:100%25@a:4222,tls://b').servers).toHaveLength(2);
  });
});

describe('NATS_STREAM_SUBJECTS', () => {
  const read = (subjects: string) => Environment.read({ NATS_STREAM_SUBJECTS: subjects }, readStreamSettings).subjects;

  test.each([',', 'a,', 'a..b', '.a', 'a.', 'a.>.b', 'a b', 'a>'])('is refused at the start as %j', (subjects) => {
    expect(() => read(subjects)).toThrow('NATS_STREAM_SUBJECTS must be subjects');
  });

  test.each(['a', '>', 'a.*.b', '*.events.>', 'a.>,b.>'])('takes %j', (subjects) => {
    expect(read(subjects)).toEqual(subjects.split(','));
  });
});

describe('NATS_SUBJECT_PREFIX', () => {
  const read = (prefix: string) => Environment.read({ NATS_SUBJECT_PREFIX: prefix }, readSubjectPrefix);

  test('is no subject of the server itself', () => {
    expect(() => read('$JS')).toThrow('begins with $');
    expect(() => read('a.$SRV')).toThrow('begins with $');
    expect(read('a.b$')).toBe('a.b$');
  });
});

describe('DATABASE_URL', () => {
  const read = (url: string) => Environment.read({ DATABASE_URL: url }, readDatabaseUrl);

  test('is refused at the start with a % that the migrations could not read, and is not shown', () => {
    expect(() => read('postgres://user:50%off@host/tokens')).toThrow(
      /^(?!.*off).*DATABASE_URL must have .*a % as %25/s,
    );
    expect(read('postgres://user:50%25off@host/tokens')).toContain('50%25off');
  });
});

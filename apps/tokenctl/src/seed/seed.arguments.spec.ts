import { integerFrom } from '../terminal/arguments.js';
import { instantArgument } from './seed.arguments.js';
import { readSeedSettings } from './seed.settings.js';
import { Environment } from '#service-runtime/settings/environment.js';

describe('the options of tokenctl seed', () => {
  test.each(['0', '11', '1.5', '-1', '1e3', 'ten', ''])('take %j for no integer from 1 to 10', (text) => {
    expect(() => integerFrom(1, 10)(text)).toThrow('must be an integer from 1 to 10');
  });

  test('take an instant in any zone and keep it in UTC', () => {
    expect(instantArgument('2026-01-01T01:00:00+01:00')).toBe('2026-01-01T00:00:00.000Z');
    expect(() => instantArgument('2026-01-01')).toThrow('write 2026-01-01T00:00:00Z');
    expect(() => instantArgument('2950-01-01T00:00:00Z')).toThrow('1980 to 2899');
  });
});

describe('readSeedSettings', () => {
  test('takes the base of the subjects from the first subject of the stream', () => {
    const read = (subjects: string) => Environment.read({ NATS_STREAM_SUBJECTS: subjects }, readSeedSettings);
    expect(read('try.events.>,other.>').baseSubject).toBe('try.events');
    expect(() => read('try.*.events.>')).toThrow('NATS_STREAM_SUBJECTS');
    expect(() => read('try.events.*')).toThrow('NATS_STREAM_SUBJECTS');
  });
});

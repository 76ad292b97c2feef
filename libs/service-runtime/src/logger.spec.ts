import { Writable } from 'node:stream';
import { createLogger } from './logger.js';

const FORGED = 'x\n[12:00:00.000] INFO: forged\r\n\x1b[2J\u2028{"level":30,"msg":"forged"}';

function written(format: 'json' | 'pretty', log: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  const stream = new Writable({ write: (chunk, _, done) => ((text += String(chunk)), done()) });
  log(createLogger('test', { level: 'info', format }, stream));
  return text;
}

const failure = (text: string) =>
  Object.assign(new Error(text, { cause: new Error(text) }), { detail: text, hint: { nested: { deeper: [text] } } });

describe.each(['json', 'pretty'] as const)('a line in the format %s', (format) => {
  test.each<[string, (text: string) => unknown[]]>([
    ['the message', (text) => [{}, text]],
    ['a value', (text) => [{ eventId: text }, 'msg']],
    ['a nested value', (text) => [{ a: { b: [{ c: text }] } }, 'msg']],
    ['a key', (text) => [{ [text]: 1 }, 'msg']],
    ['an error, its causes and details', (text) => [{ err: failure(text) }, text]],
    ['a list', (text) => [{ list: new Array(1_000).fill(text) }, 'msg']],
  ])('is bounded whatever %s is', (_, args) => {
    const text = written(format, (logger) => logger.info(...(args('é'.repeat(900_000)) as [object, string])));
    expect(text.length).toBeLessThan(60_000);
    expect(text).toContain('(900000 characters)');
  });

  test('holds nothing that is too deep, cyclic, or bytes', () => {
    const cyclic: Record<string, unknown> = { bytes: Buffer.alloc(1_000_000), big: 5n };
    cyclic['self'] = cyclic;
    const text = written(format, (logger) => logger.info(cyclic, 'msg'));
    expect(text.length).toBeLessThan(5_000);
    expect(text).toContain('1000000 bytes');
  });

  test('tells an error with its type, message, stack and causes', () => {
    const error = new TypeError('above', { cause: new Error('below') });
    const text = written(format, (logger) => logger.error({ err: error }, 'msg'));
    for (const part of ['"TypeError"', 'above', 'below', 'logger.spec.ts', 'caused by']) expect(text).toContain(part);
  });
});

describe('a line for people', () => {
  test.each<[string, () => unknown[]]>([
    ['the message', () => [{}, FORGED]],
    ['a value', () => [{ param: FORGED }, 'msg']],
    ['a nested value', () => [{ a: { b: [FORGED] } }, 'msg']],
    ['a key', () => [{ [FORGED]: 1 }, 'msg']],
    ['an error', () => [{ err: failure(FORGED) }, 'msg']],
  ])('cannot be forged by %s', (_, args) => {
    const text = written('pretty', (logger) => logger.info(...(args() as [object, string])));
    const begun = text.split(/[\n\r\u2028]/).filter((line) => /^\s*[[{].*forged/.test(line) && !/u000a/.test(line));
    expect(begun).toEqual([]);
    expect(text).not.toMatch(/[\x1b\u2028\r]/);
  });
});

import { loggedError } from './logged-error.js';

/** Enough to recognise a text. A text from a message may be as long as NATS allows, and a producer may send many of them. */
const MAX_TEXT = 1_000;
const MAX_STACK = 8_000;
const MAX_ITEMS = 30;
const MAX_DEPTH = 5;

const CONTROL = /[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;
const FRAME = /^(\s+at |caused by: )/;

/** A text from outside must not begin a new line, and must not control a terminal: such characters are replaced by their code. */
export function harmless(text: string): string {
  return text.replace(CONTROL, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

export function bounded(text: string, max = MAX_TEXT): string {
  return text.length <= max ? text : `${text.slice(0, max).toWellFormed()}… (${text.length} characters)`;
}

/** Prepares the texts of a log line. */
export class LogTexts {
  /** @param isForPeople people read the log line by line: no text from outside may look like a line */
  constructor(private readonly isForPeople: boolean) {}

  text(text: string): string {
    const short = bounded(text);
    return this.isForPeople ? harmless(short) : short;
  }

  /** Prepares a whole line, with errors and their causes, and limits its length and depth. */
  line(line: Record<string, unknown>): Record<string, unknown> {
    return this.object(line, 0);
  }

  private value(value: unknown, depth: number, key = ''): unknown {
    if (typeof value === 'string') return key === 'stack' ? this.stack(value) : this.text(value);
    if (typeof value === 'bigint') return String(value);
    if (typeof value !== 'object' || value === null || value instanceof Date) return value;
    if (value instanceof Uint8Array) return `${value.length} bytes`;
    if (depth >= MAX_DEPTH) return '…';
    if (value instanceof Error) return this.object(loggedError(value) as Record<string, unknown>, depth);
    return Array.isArray(value) ? this.list(value, depth) : this.object(value as Record<string, unknown>, depth);
  }

  private list(values: readonly unknown[], depth: number): unknown[] {
    const shown = values.slice(0, MAX_ITEMS).map((value) => this.value(value, depth + 1));
    return values.length > MAX_ITEMS ? [...shown, `… (${values.length} items)`] : shown;
  }

  private object(object: Record<string, unknown>, depth: number): Record<string, unknown> {
    const entries = Object.entries(object);
    const shown = entries
      .slice(0, MAX_ITEMS)
      .map(([key, value]) => [this.text(key), this.value(value, depth + 1, key)]);
    if (entries.length > MAX_ITEMS) shown.push(['…', `${entries.length} entries`]);
    return Object.fromEntries(shown) as Record<string, unknown>;
  }

  /** For people it keeps only the code locations: the message above the stack may have several lines. */
  private stack(stack: string): string {
    const short = bounded(stack, MAX_STACK);
    if (!this.isForPeople) return short;
    const lines = short.split('\n');
    return lines
      .filter((line, i) => i === 0 || FRAME.test(line))
      .map(harmless)
      .join('\n');
  }
}

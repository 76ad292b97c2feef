import { createScanner } from 'jsonc-parser';
import { isPersonal, mask, maskText } from './mask.js';

const INDENT = '  ';
/** The indentation of a text that nests n levels deep would otherwise take n squared characters. */
const DEEPEST_INDENT = 20;

/**
 * Indents a JSON text and leaves every literal as it was sent. Parsing and printing would lose a number that no program can hold, a name
 * that is given twice and a lone surrogate. Any of these may be the reason why the message was parked.
 * @param reveal shows personal values instead of masking them
 * @returns undefined if the text is not JSON
 */
export function readableJson(text: string, reveal: boolean): string | undefined {
  return isJson(text) ? new Writer(reveal, true).write(text) : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The tokens of a text that is JSON, as they were sent. */
function tokensOf(json: string): string[] {
  const tokens: string[] = [];
  const scanner = createScanner(json, true);
  for (scanner.scan(); scanner.getTokenLength() > 0; scanner.scan()) {
    const begin = scanner.getTokenOffset();
    tokens.push(json.slice(begin, begin + scanner.getTokenLength()));
  }
  return tokens;
}

class Writer {
  private out = '';
  /** For each level: whether everything in it is the value of a personal name. */
  private readonly levels: boolean[] = [];
  private isValuePersonal = false;
  private hasHidden = false;

  constructor(
    private readonly reveal: boolean,
    private readonly isIndented: boolean,
  ) {}

  write(text: string): string {
    const tokens = tokensOf(text);
    tokens.forEach((token, i) => this.add(token, tokens[i - 1], tokens[i + 1]));
    return this.out;
  }

  private add(token: string, before: string | undefined, after: string | undefined): void {
    switch (token) {
      case '{':
      case '[':
        this.levels.push(this.isValuePersonal);
        this.out += token;
        if (after !== '}' && after !== ']') this.newLine();
        return;
      case '}':
      case ']':
        this.levels.pop();
        if (before !== '{' && before !== '[') this.newLine();
        this.out += token;
        return;
      case ',':
        this.isValuePersonal = this.levels.at(-1) ?? false;
        this.out += token;
        return this.newLine();
      case ':':
        this.out += this.isIndented ? ': ' : ':';
        return;
      default:
        this.out += after === ':' ? this.name(token) : this.value(token);
    }
  }

  private name(token: string): string {
    this.isValuePersonal = (this.levels.at(-1) ?? false) || isPersonal(JSON.parse(token) as string);
    return token;
  }

  private value(token: string): string {
    if (this.reveal || token === 'null') return token;
    const text = token.startsWith('"') ? (JSON.parse(token) as string) : undefined;
    const shown = this.isValuePersonal ? mask(text ?? token) : text === undefined ? token : Writer.masked(text);
    if (shown === (text ?? token)) return token;
    this.hasHidden = true;
    return JSON.stringify(shown);
  }

  private newLine(): void {
    if (this.isIndented) this.out += `\n${INDENT.repeat(Math.min(this.levels.length, DEEPEST_INDENT))}`;
  }

  /** A text may itself hold JSON: then only the personal values in it are masked. A text with nothing to hide stays as it was sent. */
  static masked(text: string): string {
    if (!/^\s*["{[]/.test(text) || !isJson(text)) return maskText(text);
    const writer = new Writer(false, false);
    const shown = writer.write(text);
    return writer.hasHidden ? shown : text;
  }
}

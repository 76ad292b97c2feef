import { isPersonal, mask, maskText } from './mask.js';

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;
const INDENT = '  ';

/**
 * Indents a JSON text and leaves every literal as it was sent: parsed and printed again, the number that no program can hold, a
 * name that is there twice or a lone surrogate, any of which may be why the message was parked, would be gone.
 * @returns undefined when it is no JSON
 */
export function readableJson(text: string, reveal: boolean): string | undefined {
  try {
    JSON.parse(text);
  } catch {
    return undefined;
  }
  return new Indenter(reveal).indent(text.match(TOKEN) ?? []);
}

class Indenter {
  private out = '';
  /** Per level: whether all below it belongs to a personal name. */
  private readonly levels: boolean[] = [];
  private isValuePersonal = false;

  constructor(private readonly reveal: boolean) {}

  indent(tokens: readonly string[]): string {
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
        this.out += ': ';
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
    const isText = token.startsWith('"');
    if (!this.isValuePersonal) return isText ? maskText(token) : token;
    return JSON.stringify(mask(isText ? (JSON.parse(token) as string) : token));
  }

  private newLine(): void {
    this.out += `\n${INDENT.repeat(this.levels.length)}`;
  }
}

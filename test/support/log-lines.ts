/** One line of an app's log. */
export interface LogLine {
  /** Pino's levels: 30 info, 40 warn, 50 error, 60 fatal. */
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** Turns an app's output into log lines as they become complete; skips lines that are not JSON. */
export class LogLines {
  readonly all: LogLine[] = [];
  private rest = '';

  add(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const parsed = parse(line);
      if (parsed) this.all.push(parsed);
    }
  }
}

function parse(line: string): LogLine | undefined {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as LogLine) : undefined;
  } catch {
    return undefined;
  }
}

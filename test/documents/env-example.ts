import { textOf } from './project-files.js';

export interface Entry {
  readonly name: string;
  readonly value: string;
  /** Commented out: the value is the default, or there is none. */
  readonly isOptional: boolean;
  /** The comment above it. */
  readonly meaning: string;
}

/** The variables of .env.example, in their order. */
export function envExample(): Entry[] {
  const lines = textOf('.env.example').split('\n');
  return lines.flatMap((line, index) => {
    const found = /^(# )?([A-Z][A-Z0-9_]*)=(.*)$/.exec(line);
    if (!found) return [];
    const [, comment, name, value] = found;
    const meaning = lines[index - 1]!.replace(/^# ?/, '');
    return [{ name: name!, value: value!.replace(/^'(.*)'$/, '$1'), isOptional: comment !== undefined, meaning }];
  });
}

/** The values a program would see, optional ones included where they have a value. */
export function variablesOf(entries: readonly Entry[]): Record<string, string> {
  return Object.fromEntries(entries.filter(({ value }) => value !== '').map(({ name, value }) => [name, value]));
}

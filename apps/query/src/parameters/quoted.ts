const MAX_CHARACTERS = 60;

/** A caller's value as an error message quotes it: as JSON, and cut where it is long. */
export function quoted(value: unknown): string {
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    // Nested deeper than the stack goes.
    return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  }
}

export function shortened(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…`;
}

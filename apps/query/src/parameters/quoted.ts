const MAX_CHARACTERS = 60;

/** A caller's value in the form for an error message: as JSON, and cut if it is long. */
export function quoted(value: unknown): string {
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    // The value is nested deeper than the stack allows.
    return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  }
}

export function shortened(text: string): string {
  return text.length <= MAX_CHARACTERS ? text : `${text.slice(0, MAX_CHARACTERS).toWellFormed()}…`;
}

const SHOWN_CHARACTERS = 60;

/** A caller's value as an error message shows it: as JSON, and not the whole of it when it is long. */
export function shown(value: unknown): string {
  try {
    return shortened(JSON.stringify(value) ?? String(value));
  } catch {
    // Nested deeper than the stack goes.
    return Array.isArray(value) ? 'a list' : `a value of type ${typeof value}`;
  }
}

export function shortened(text: string): string {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS).toWellFormed()}…`;
}

/** A text without the characters that PostgreSQL cannot hold. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\u2400').toWellFormed();
}

/** An object as JSON without these characters in its texts, which may quote those of publishers. */
export function storableJson(value: object): string {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'string' ? storable(part) : part));
}

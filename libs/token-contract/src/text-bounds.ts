/** The most characters (Unicode code points) that an event's texts may have. A message with a longer text is poison. */
export const MAX_CHARACTERS = {
  uid: 255,
  label: 255,
  billingReference: 1_000,
  comment: 4_000,
  /** The CloudEvents attributes `id`, `source` and `type`. */
  attribute: 1_000,
} as const;

/** Counts only if a text could be too long: most texts have fewer UTF-16 units than the limit allows characters. */
export function hasAtMost(characters: number, text: string): boolean {
  return text.length <= characters || (text.length <= 2 * characters && Array.from(text).length <= characters);
}

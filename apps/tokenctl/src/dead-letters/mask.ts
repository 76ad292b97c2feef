/** Members of an event that tell who somebody is, and the form in which a whole event may be wrapped. */
const PERSONAL = ['uid', 'label', 'data_base64'];

/**
 * Such a name with its value, in a text that need not be JSON: cut off in the middle, in quotes of any kind, or escaped once
 * more because it is a JSON text inside another.
 */
const NAME = `(?<!\\w)(?:${PERSONAL.join('|')})[\\\\"']*\\s*[:=]\\s*`;
const IN_QUOTES = `(\\\\*(["']))((?:(?!\\3)[^\\\\]|\\\\+(?!\\3).)*)`;
const WITHOUT_QUOTES = `[^\\s"',;&{}[\\]\\\\]+`;
const ENTRY = new RegExp(`(${NAME})(?:${IN_QUOTES}|(${WITHOUT_QUOTES}))`, 'gi');

const SHOWN = 2;
const LEAST_HIDDEN = 6;

export function isPersonal(name: string): boolean {
  return PERSONAL.includes(name.toLowerCase());
}

/** Hides a value but for its last two characters, by which two of them can still be told apart. */
export function mask(value: string): string {
  return value.length >= SHOWN + LEAST_HIDDEN ? `***${value.slice(-SHOWN)}` : '***';
}

/** Hides what follows a personal name anywhere in a text. */
export function maskText(text: string): string {
  return text.replace(
    ENTRY,
    (_, name: string, opening: string | undefined, _quote, inQuotes: string | undefined, bare: string | undefined) =>
      `${name}${opening ?? ''}${mask(inQuotes ?? bare ?? '')}`,
  );
}

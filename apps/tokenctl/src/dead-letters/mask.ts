/** Members of an event that identify a person, and the one that may hold a whole event in base64. */
const PERSONAL = ['uid', 'label', 'data_base64'];

/** Such a name before a value, for example `uid=`, `"label" :` or `<uid>`. */
const NAME_OF_A_VALUE = new RegExp(`(?<!\\w)(?:${PERSONAL.join('|')})[\\\\"'\\s]*[:=>]`, 'i');

const SHOWN = 2;
const LEAST_HIDDEN = 6;

export function isPersonal(name: string): boolean {
  return PERSONAL.includes(name.toLowerCase());
}

/** Hides a value except its last two characters, which still distinguish two values. */
export function mask(value: string): string {
  return value.length >= SHOWN + LEAST_HIDDEN ? `***${value.slice(-SHOWN)}` : '***';
}

/** A text that is not JSON but seems to hold such a value is hidden as a whole, because nothing says where the value ends. */
export function maskText(text: string): string {
  return NAME_OF_A_VALUE.test(text) ? mask(text) : text;
}

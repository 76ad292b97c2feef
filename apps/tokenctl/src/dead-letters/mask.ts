/** Members of an event that tell who somebody is, and the form in which a whole event may be wrapped. */
const PERSONAL = ['uid', 'label', 'data_base64'];

/** Such a name with something that makes a value of what follows, be it `uid=`, `"label" :` or `<uid>`. */
const NAME_OF_A_VALUE = new RegExp(`(?<!\\w)(?:${PERSONAL.join('|')})[\\\\"'\\s]*[:=>]`, 'i');

const SHOWN = 2;
const LEAST_HIDDEN = 6;

export function isPersonal(name: string): boolean {
  return PERSONAL.includes(name.toLowerCase());
}

/** Hides a value but for its last two characters, by which two of them can still be told apart. */
export function mask(value: string): string {
  return value.length >= SHOWN + LEAST_HIDDEN ? `***${value.slice(-SHOWN)}` : '***';
}

/** A text that is no JSON but gives such a value is hidden as a whole: nothing says where the value ends. */
export function maskText(text: string): string {
  return NAME_OF_A_VALUE.test(text) ? mask(text) : text;
}

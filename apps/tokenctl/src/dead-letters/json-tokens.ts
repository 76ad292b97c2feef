const BEGIN = /["{}[\],:]|[^\s{}[\],:"]+/g;

/** The tokens of a text that is JSON, as they stand there. */
export function jsonTokens(text: string): string[] {
  const tokens: string[] = [];
  const begin = new RegExp(BEGIN);
  for (let found = begin.exec(text); found; found = begin.exec(text)) {
    if (found[0] === '"') begin.lastIndex = endOfString(text, found.index);
    tokens.push(text.slice(found.index, begin.lastIndex));
  }
  return tokens;
}

/** By hand: a regular expression needs stack for every character of a string, and some have millions. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

export function heading(text: string): void {
  console.log(`\n--- ${text} ${'-'.repeat(Math.max(3, 100 - text.length))}`);
}

export function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** A terminal must not show the credentials of a server that is not ours. */
export function withoutPassword(url: string): string {
  return url.replaceAll(/:[^:@/]*@/g, ':***@');
}

/** Prints lines of a name and a value, with the values aligned. */
export function table(rows: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(width)}  ${value}`);
}

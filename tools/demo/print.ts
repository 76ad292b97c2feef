export function heading(text: string): void {
  console.log(`\n--- ${text} ${'-'.repeat(Math.max(3, 100 - text.length))}`);
}

export function indented(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}

/** Credentials of somebody else's server are not for a terminal. */
export function withoutPassword(url: string): string {
  return url.replaceAll(/:[^:@/]*@/g, ':***@');
}

/** Lines of a name and a value, the values below each other. */
export function table(rows: Readonly<Record<string, string>>): void {
  const width = Math.max(...Object.keys(rows).map((name) => name.length));
  for (const [name, value] of Object.entries(rows)) console.log(`${name.padEnd(width)}  ${value}`);
}

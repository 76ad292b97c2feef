import { readFileSync } from 'node:fs';

/** The flags that the npm script of an app gives to Node; none for a program without one. Whoever is compared with the query app gets its flags too. */
export function nodeFlags(app: string): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  return (scripts[`start:${app}`] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

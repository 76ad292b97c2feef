import { readFileSync } from 'node:fs';

/**
 * The Node flags in the npm script of an app; none for a program without a script. A program that is compared with the query app gets its
 * flags too.
 */
export function nodeFlags(app: string): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  return (scripts[`start:${app}`] ?? '').split(' ').filter((word) => word.startsWith('--'));
}

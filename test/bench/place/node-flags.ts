import { readFileSync } from 'node:fs';

/** The flags `npm run start:query` gives to Node: whoever is compared with the query app gets them too. */
export function queryNodeFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
  return scripts['start:query']!.split(' ').filter((word) => word.startsWith('--'));
}

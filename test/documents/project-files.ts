import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** The text of a file of the project, by its path from the root. */
export function textOf(path: string): string {
  return readFileSync(path, 'utf8');
}

export function jsonOf<T>(path: string): T {
  return JSON.parse(textOf(path)) as T;
}

/** Every file below a folder, by its path from the root. */
export function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`)
    .sort();
}

/** Everything written for people. */
export function documents(): string[] {
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
    'libs/client/README.md',
    ...filesBelow('docs').filter((path) => path.endsWith('.md')),
  ];
}

/** Source files of the programs, without their tests. */
export function sources(): string[] {
  return ['apps', 'libs'].flatMap(filesBelow).filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'));
}

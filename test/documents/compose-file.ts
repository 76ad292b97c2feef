import { parse } from 'yaml';
import { textOf } from './project-files.js';

export interface Service {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly target: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean };
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** docker-compose.yml with its merge keys resolved, its `${NAME:-default}`s left as they are. */
export function composeFile(): ComposeFile {
  return parse(textOf('docker-compose.yml'), { merge: true }) as ComposeFile;
}

/** Names that Compose takes from the environment or from `.env`. */
export function interpolatedNames(): string[] {
  return [...new Set(Array.from(textOf('docker-compose.yml').matchAll(/\$\{(\w+)/g), ([, name]) => name!))];
}

/** A service's environment as it is when nothing is set around Compose. */
export function defaultEnvironment({ environment = {} }: Service): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}

import { readLogSettings } from '#service-runtime/settings/common.settings.js';
import type { Environment } from '#service-runtime/settings/environment.js';
import { readProjectorSettings } from '#projection/settings.js';
import { readQuerySettings } from '../../apps/query/src/settings.js';
import { readSeedSettings } from '../../apps/tokenctl/src/seed/seed.settings.js';
import { sources, textOf } from './project-files.js';

const READ = /environment\s*\.(?:optional|required|text|integer|port|boolean|oneOf)\(\s*'([A-Z][A-Z0-9_]*)'/g;

/** The names of all variables that the programs read, found in their source. */
export function variablesInCode(): string[] {
  const names = sources().flatMap((path) => Array.from(textOf(path).matchAll(READ), ([, name]) => name!));
  return [...new Set(names)].sort();
}

/** All settings of all programs. */
export function readAllSettings(environment: Environment): object {
  return {
    projector: readProjectorSettings(environment),
    query: readQuerySettings(environment),
    seed: readSeedSettings(environment),
    log: readLogSettings(environment),
  };
}

import type { Environment } from '#service-runtime/settings/environment.js';

export interface ExportSettings {
  /** How many exports one instance runs at a time. */
  readonly atOnce: number;
  /** How long an export may take; longer ones are broken off, so that no slow reader keeps a snapshot of the database open for hours. */
  readonly seconds: number;
}

export function readExportSettings(environment: Environment): ExportSettings {
  return {
    atOnce: environment.integer('EXPORTS_AT_ONCE', 2, 1, 50),
    seconds: environment.integer('EXPORT_MAX_SECONDS', 900, 1, 86_400),
  };
}

import { Command } from 'commander';
import { migrate } from '#read-model/migrate.js';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';

/** Brings the database at `DATABASE_URL` to the current schema; safe to run again and at the same time from several places. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database at DATABASE_URL to the current schema')
    .action(async () => {
      const applied = await migrate(settingsOrExit(readDatabaseUrl));
      process.stdout.write(applied.length > 0 ? `Migrated: ${applied.join(', ')}\n` : 'Nothing to migrate.\n');
    });
}

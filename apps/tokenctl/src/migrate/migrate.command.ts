import { Command } from 'commander';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { migrate, type MigratingSession } from '#projection/store/migrate.js';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { withDatabase } from '../connect/database.js';
import { print, runCommand } from '../terminal/run-command.js';

const NOTES = `
Run it once per release, before the apps are started. It is safe to run again, and from several places at the same time.

Environment: DATABASE_URL.

Example:
  $ tokenctl migrate
`;

/** Brings the database at `DATABASE_URL` to the current schema. */
export function migrateCommand(): Command {
  return new Command('migrate')
    .description('bring the database at DATABASE_URL to the current schema')
    .addHelpText('after', NOTES)
    .action(() => {
      const databaseUrl = settingsOrExit(readDatabaseUrl);
      return runCommand('migrate', async () => {
        // Migrations may take as long as they need; the connection may not.
        await withDatabase(databaseUrl, () => Promise.resolve());
        const applied = await migrate(databaseUrl, TOKEN_PROJECTION, sayWaiting);
        print(applied.length > 0 ? `Migrated: ${applied.join(', ')}` : 'Nothing to migrate.');
        return true;
      });
    });
}

/** To standard error: what a script reads stays the same. A process that stands still would keep all others waiting, in silence. */
function sayWaiting(other: MigratingSession | undefined): void {
  if (!other) return;
  const { process: pid, address, since } = other;
  const from = [address && ` from ${address}`, since && `, connected since ${since.toISOString()}`].join('');
  process.stderr.write(
    `Another process migrates this database: the session with pid ${pid} in pg_stat_activity${from}. Waiting for it to end. ` +
      `If it stands still, end it: select pg_terminate_backend(${pid})\n`,
  );
}

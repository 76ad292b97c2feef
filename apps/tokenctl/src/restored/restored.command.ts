import { Command } from 'commander';
import { beginLineageByHand } from '#projection/store/begin-lineage-by-hand.js';
import { readDatabaseUrl } from '#service-runtime/settings/common.settings.js';
import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { withDatabase } from '../connect/database.js';
import { print, printJson, runCommand } from '../terminal/run-command.js';

const NOTES = `
For use after the database was restored from a snapshot of its volume or of its machine: nothing in such a copy tells that it is one.
Callers who follow the changes get 410 and begin again, and all tags (ETag) are new. Tokens and position stay as they are. It does
no harm when it was not necessary, but all mirrors then read everything again. Other restores are noticed by the projector.

Exit code 0: done.
Environment: DATABASE_URL.

Example:
  $ tokenctl restored
`;

/** Begins a new lineage in the database at `DATABASE_URL`. */
export function restoredCommand(): Command {
  return new Command('restored')
    .description('have all mirrors begin again, after a restore from a snapshot')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', NOTES)
    .action(({ json }: { readonly json?: boolean }) => {
      const databaseUrl = settingsOrExit(readDatabaseUrl);
      return runCommand('restored', async () => {
        const generation = await withDatabase(databaseUrl, (source) => beginLineageByHand(source, TOKEN_PROJECTION));
        if (json) printJson({ generation });
        else print(`Generation ${generation} has a new lineage: mirrors begin again, and all tags are new.`);
        return true;
      });
    });
}

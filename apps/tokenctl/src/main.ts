import 'reflect-metadata';
import { Command } from 'commander';
import { VERSION } from '#service-runtime/version.js';
import { deadLettersCommand } from './dead-letters/dead-letters.command.js';
import { jwtCommand } from './jwt/jwt.command.js';
import { migrateCommand } from './migrate/migrate.command.js';
import { rebuildCommand } from './rebuild/rebuild.command.js';
import { restoredCommand } from './restored/restored.command.js';
import { seedCommand } from './seed/seed.command.js';
import { statusCommand } from './status/status.command.js';
import { verifyCommand } from './verify/verify.command.js';

const READER_HAS_LEFT = 141;

const NOTES = `
Settings come from the environment, see .env.example. Exit code: 0 when a command did what it was asked, 78 for wrong settings,
else 1.

Examples:
  $ tokenctl status --watch
  $ tokenctl verify
  $ tokenctl rebuild --follow
  $ tokenctl dead-letters list
`;

// If "| head" closes the pipe, that is no error. 141 is the exit code that a shell gives a process ended by SIGPIPE.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(READER_HAS_LEFT);
  throw error;
});

// If no process reads the errors any more, the command still does its work, and its exit code tells how it ended.
process.stderr.on('error', () => undefined);

const program = new Command('tokenctl')
  .description('Operate the token read model.')
  .version(VERSION)
  // An option belongs to the command before it: "rebuild" and "rebuild cancel" both have a --follow.
  .enablePositionalOptions()
  .addHelpText('after', NOTES)
  .addCommand(statusCommand())
  .addCommand(rebuildCommand())
  .addCommand(verifyCommand())
  .addCommand(deadLettersCommand())
  .addCommand(restoredCommand())
  .addCommand(migrateCommand())
  .addCommand(seedCommand())
  .addCommand(jwtCommand());

pointToHelp(program, 'tokenctl');
await program.parseAsync();

/** Adds a hint to every error about the way a command is written. */
function pointToHelp(command: Command, name: string): void {
  command.showHelpAfterError(`See: ${name} --help`);
  for (const sub of command.commands) pointToHelp(sub, `${name} ${sub.name()}`);
}

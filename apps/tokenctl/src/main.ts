import 'reflect-metadata';
import { Command } from 'commander';
import { VERSION } from '#service-runtime/version.js';
import { migrateCommand } from './migrate/migrate.command.js';
import { seedCommand } from './seed/seed.command.js';

const program = new Command('tokenctl')
  .description('Operate the token read model.')
  .version(VERSION)
  .showHelpAfterError()
  .addCommand(migrateCommand())
  .addCommand(seedCommand());

await program.parseAsync();

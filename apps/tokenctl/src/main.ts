import 'reflect-metadata';
import { Command } from 'commander';
import { VERSION } from '#service-runtime/version.js';
import { migrateCommand } from './migrate/migrate.command.js';

const program = new Command('tokenctl')
  .description('Operate the token read model.')
  .version(VERSION)
  .showHelpAfterError()
  .addCommand(migrateCommand());

await program.parseAsync();

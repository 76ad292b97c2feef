import { Command } from 'commander';
import { discardCommand } from './discard.command.js';
import { listCommand } from './list.command.js';
import { replayCommand } from './replay.command.js';
import { showCommand } from './show.command.js';

const NOTES = `
Examples:
  $ tokenctl dead-letters list --since 2h
  $ tokenctl dead-letters show 17
  $ tokenctl dead-letters replay 17 18
  $ tokenctl dead-letters discard --all --reason "not JSON"
`;

/** Messages that the projector could not apply: show them, apply them after a correction, or discard them. */
export function deadLettersCommand(): Command {
  return new Command('dead-letters')
    .description('messages that could not be applied: list, show, replay, discard')
    .addHelpText('after', NOTES)
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(replayCommand())
    .addCommand(discardCommand());
}

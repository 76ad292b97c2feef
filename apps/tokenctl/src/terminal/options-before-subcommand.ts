import type { Command } from 'commander';

/**
 * For a command that can run by itself and also has subcommands. An option before the subcommand belongs to the command, which does not
 * run then, so commander would drop the option silently.
 */
export function refuseOptionsBeforeSubcommands(command: Command): Command {
  return command.hook('preSubcommand', (parent, sub) => {
    const lost = parent.options.find((option) => parent.getOptionValueSource(option.attributeName()) === 'cli');
    if (!lost) return;
    const name = `tokenctl ${parent.name()} ${sub.name()}`;
    parent.error(
      `error: option '${lost.long}' has no effect before a subcommand; write it after the subcommand, as "${name} --help" shows`,
    );
  });
}

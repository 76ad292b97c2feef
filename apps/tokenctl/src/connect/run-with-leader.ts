import { settingsOrExit } from '#service-runtime/settings/settings-or-exit.js';
import { runCommand } from '../terminal/run-command.js';
import { withLeader, type Leader } from './leader.js';
import { readLeaderSettings } from './operator.settings.js';

/** Runs a command that needs the projector that leads. @param work see `runCommand` */
export function runWithLeader(name: string, work: (leader: Leader) => Promise<boolean>): Promise<never> {
  const settings = settingsOrExit(readLeaderSettings);
  return runCommand(name, () => withLeader(settings, work));
}

/* Texts of the options of rebuild and its subcommands in the help. */

export const FOLLOW = 'watch the job until it has ended';
export const YES_LOSS = 'do not ask, however many tokens the list loses';
export const JSON_LINES = 'print JSON, with --follow a line for every step';

export interface YesOption {
  readonly yes?: boolean;
}

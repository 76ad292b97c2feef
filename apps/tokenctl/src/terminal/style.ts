import { styleText } from 'node:util';

/** Colours where standard output is a terminal that wants them (NO_COLOR, FORCE_COLOR), else the plain text. */
export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const good = (text: string): string => styleText('green', text);
export const warning = (text: string): string => styleText('yellow', text);
export const bad = (text: string): string => styleText('red', text);

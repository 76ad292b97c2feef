import { styleText } from 'node:util';

/** Coloured if standard output is a terminal and its settings allow it (NO_COLOR, FORCE_COLOR), else plain text. */
export const bold = (text: string): string => styleText('bold', text);
export const dim = (text: string): string => styleText('dim', text);
export const good = (text: string): string => styleText('green', text);
export const warning = (text: string): string => styleText('yellow', text);
export const bad = (text: string): string => styleText('red', text);

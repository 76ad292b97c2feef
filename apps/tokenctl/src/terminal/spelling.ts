import { harmless } from '#service-runtime/log-texts.js';

const number = new Intl.NumberFormat('en');
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** A text of a message stays a text on a terminal too: JSON itself escapes only some of the characters that steer one. */
export function jsonLine(value: unknown): string {
  return harmless(JSON.stringify(value));
}

/** `1,234,567` */
export function count(value: number): string {
  return number.format(value);
}

/** `1 event`, `2 events` */
export function counted(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** `12.3 MB`; a kB has 1,000 bytes. */
export function bytes(value: number): string {
  const power = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  const scaled = value / 1000 ** power;
  return `${power === 0 || scaled >= 100 ? Math.round(scaled) : scaled.toFixed(1)} ${UNITS[power]}`;
}

/** `0.4 s`, `12 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h` */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Number.isInteger(seconds) ? seconds : seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3_600)} h ${Math.floor((whole % 3_600) / 60)} min`;
  return `${count(Math.floor(whole / 86_400))} d ${Math.floor((whole % 86_400) / 3_600)} h`;
}

/** Makes a text from outside unable to control the terminal, and keeps its lines. */
export function harmlessLines(text: string): string {
  return text.split('\n').map(harmless).join('\n');
}

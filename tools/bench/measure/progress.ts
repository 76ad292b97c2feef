import { Presets, SingleBar } from 'cli-progress';

const LINE_EVERY_MS = 5_000;
const number = new Intl.NumberFormat('en');

/** Tells the user what is going on. It uses standard error, because standard output is for the results. */
export function say(text: string): void {
  process.stderr.write(`${new Date().toISOString().slice(11, 19)}  ${text}\n`);
}

export interface Progress {
  to(done: number): void;
  end(): void;
}

/** A bar on a terminal, otherwise a line every few seconds. */
export function progress(what: string, total: number): Progress {
  return process.stderr.isTTY ? bar(what, total) : lines(what, total);
}

function bar(what: string, total: number): Progress {
  const format = `          ${what} {bar} {percentage} % | {value} of {total} | {eta} s left`;
  const shown = new SingleBar({ format, stream: process.stderr, etaBuffer: 50 }, Presets.shades_classic);
  shown.start(total, 0);
  return { to: (done) => shown.update(done), end: () => shown.stop() };
}

function lines(what: string, total: number): Progress {
  let latest = performance.now();
  const to = (done: number) => {
    if (performance.now() - latest < LINE_EVERY_MS) return;
    latest = performance.now();
    say(`${what}: ${number.format(done)} of ${number.format(total)}`);
  };
  return { to, end: () => undefined };
}

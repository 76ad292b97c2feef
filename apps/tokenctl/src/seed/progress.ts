import { Presets, SingleBar } from 'cli-progress';
import type { Tally } from '#tools/seed/tally.js';
import { count } from '../terminal/spelling.js';

/** Shows the progress, as a bar on a terminal and as lines elsewhere. @returns the function that stops it */
export function showProgress(tally: Tally, tokens: number, stream: NodeJS.WriteStream): () => void {
  return stream.isTTY ? showBar(tally, tokens, stream) : showLines(tally, tokens, stream);
}

function showBar(tally: Tally, tokens: number, stream: NodeJS.WriteStream): () => void {
  const format = '{bar} {percentage} % | {value} of {total} tokens | {rate} events/s | {left} s left';
  const bar = new SingleBar({ format, stream }, Presets.shades_classic);
  const update = () =>
    bar.update(tally.tokens, { rate: count(tally.eventsPerSecond), left: secondsLeft(tally, tokens) });
  bar.start(tokens, 0, { rate: '-', left: '-' });
  const timer = setInterval(update, 200);
  return () => {
    clearInterval(timer);
    update();
    bar.stop();
  };
}

function showLines(tally: Tally, tokens: number, stream: NodeJS.WriteStream): () => void {
  const timer = setInterval(() => {
    const done = `${count(tally.tokens)} of ${count(tokens)} tokens`;
    const pace = `${count(tally.eventsPerSecond)} events/s`;
    stream.write(`${done}, ${count(tally.events)} events, ${pace}, ${secondsLeft(tally, tokens)} s left\n`);
  }, 3_000);
  return () => clearInterval(timer);
}

function secondsLeft({ tokens: done, seconds }: Tally, tokens: number): string {
  return done === 0 ? '-' : String(Math.ceil((seconds * (tokens - done)) / done));
}

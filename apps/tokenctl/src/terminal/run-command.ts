import { bounded } from '#service-runtime/log-texts.js';
import { harmlessLines, jsonLine } from './spelling.js';

const MAX_MESSAGE = 4_000;

/**
 * Runs the action of a command and ends the process, which an open attempt to connect would otherwise keep alive.
 * @param work returns whether the command did its work: then the exit code is 0, else 1
 */
export async function runCommand(name: string, work: () => Promise<boolean>): Promise<never> {
  let isDone = false;
  try {
    isDone = await work();
  } catch (error) {
    process.stderr.write(`tokenctl ${name}: ${shown(error)}\n`);
  }
  await written(process.stdout);
  process.exit(isDone ? 0 : 1);
}

function shown(error: unknown): string {
  return harmlessLines(bounded(error instanceof Error ? error.message : String(error), MAX_MESSAGE));
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown): void {
  print(jsonLine(value));
}

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}

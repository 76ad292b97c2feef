import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/**
 * Makes a shell script run if this process dies in any way, SIGKILL included, so that nothing it started outlives it. A small shell in its
 * own session waits on a pipe from us: a line means that all is well; if the pipe ends without a line, we are gone and the shell runs the
 * script.
 * @param values the script's $1, $2, ...
 * @returns call it once there is nothing left to clean up
 */
export function whenParentDies(script: string, ...values: string[]): () => void {
  const guard = spawn('/bin/sh', ['-c', `trap '' INT TERM HUP; read -r _ && exit 0; ${script}`, 'guard', ...values], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
  });
  const pipe = guard.stdin as Socket;
  guard.on('error', () => undefined);
  pipe.on('error', () => undefined);
  guard.unref();
  pipe.unref();
  return () => void pipe.end('\n');
}

/** $1: process id, $2: a signal that ends it. A frozen process (SIGSTOP) handles no other signal. */
export const END_PROCESS = `
for child in $(cat "/proc/$1/task/$1/children" || pgrep -P "$1"); do kill -s CONT "$child"; done
kill -s "$2" "$1"
kill -s CONT "$1"
tries=0
while kill -0 "$1" && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
kill -s KILL "$1"`;

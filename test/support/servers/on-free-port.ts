import { freePort } from '../free-port.js';

const ATTEMPTS = 3;
const PORT_TAKEN = /address already in use|could not bind|port is already allocated/i;

/** Starts a server on a free port, the preferred one if it can be, and on another one if another process took the port first. */
export function onFreePort<T>(start: (port: number) => Promise<T>, preferred?: number): Promise<T> {
  return againIfPortIsTaken(async (attempt) => start(await freePort(attempt === 1 ? preferred : undefined)));
}

/** @param start takes free ports, and is called again if another process took one of them first */
export async function againIfPortIsTaken<T>(start: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start(attempt);
    } catch (error) {
      if (attempt === ATTEMPTS || !PORT_TAKEN.test(String(error))) throw error;
    }
  }
}

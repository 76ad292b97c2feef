import { execFileSync } from 'node:child_process';
import { NATS_IMAGE } from './nats-docker.js';
import { natsSource } from './nats-source.js';

/** Whether the nats-server of this run is older than `major.minor`. */
export function isNatsOlderThan(major: number, minor: number): boolean {
  const source = natsSource();
  const text = source.kind === 'binary' ? execFileSync(source.path, ['--version'], { encoding: 'utf8' }) : NATS_IMAGE;
  const [, itsMajor, itsMinor] = /(\d+)\.(\d+)/.exec(text) ?? [];
  return Number(itsMajor) < major || (Number(itsMajor) === major && Number(itsMinor) < minor);
}

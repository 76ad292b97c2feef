import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NATS_IMAGE } from './nats-docker.js';
import { natsSource } from './nats-source.js';

const run = promisify(execFile);

/**
 * A nats-server to run as a process. If only a Docker image has one, it is copied from the image: it is one static Linux binary.
 * @param directory the target of the copy
 */
export async function natsBinary(directory: string): Promise<string> {
  const source = natsSource();
  if (source.kind === 'binary') return source.path;
  if (process.platform !== 'linux')
    throw new Error(
      'A cluster of nats-servers runs as processes, and the binary in the Docker image is for Linux: install nats-server, or set NATS_SERVER_BIN.',
    );
  const { stdout } = await run('docker', ['create', NATS_IMAGE]);
  const container = stdout.trim();
  const binary = join(directory, 'nats-server');
  try {
    await run('docker', ['cp', '--follow-link', `${container}:/usr/local/bin/nats-server`, binary]);
  } finally {
    await run('docker', ['rm', '-v', container]);
  }
  return binary;
}

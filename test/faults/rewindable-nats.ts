import { cp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { atEnd } from '../support/at-end.js';
import { startNats } from '../support/servers/nats.js';
import type { OwnServer } from '../support/servers/server.js';
import { temporaryDirectory } from '../support/servers/temporary-directory.js';

/** A nats-server that can be put back to an earlier state of its files, as a restored disk or a lost write-back cache does. */
export class RewindableNats {
  private copies = 0;

  private constructor(
    readonly server: OwnServer,
    private readonly store: string,
    private readonly shelf: string,
  ) {}

  static async start(): Promise<RewindableNats> {
    const [store, shelf] = await Promise.all([temporaryDirectory('jetstream'), temporaryDirectory('jetstream-copies')]);
    const server = await startNats({ storeDirectory: store.path });
    atEnd('stopping a rewindable nats-server', async () => {
      await server.stop();
      await Promise.all([store.remove(), shelf.remove()]);
    });
    return new RewindableNats(server, store.path, shelf.path);
  }

  /** Stops the server, copies its files, starts it again. @returns what {@link putBack} takes */
  async keep(): Promise<string> {
    const copy = join(this.shelf, String((this.copies += 1)));
    await this.server.kill('SIGINT');
    await cp(this.store, copy, { recursive: true });
    await this.server.restart();
    return copy;
  }

  async putBack(copy: string): Promise<void> {
    await this.server.kill('SIGINT');
    for (const name of await readdir(this.store)) await rm(join(this.store, name), { recursive: true });
    await cp(copy, this.store, { recursive: true });
    await this.server.restart();
  }
}

import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { jetstreamManager } from '@nats-io/jetstream';
import type { StoredJob } from '#projection/job.js';
import { connectWriter, disconnectWriter } from '#projection/store/writer-client.js';
import { GenerationBuild } from '#projection/rebuild/generation-build.js';
import { PLAIN_REBUILD } from '#projection/rebuild/plain-rebuild.js';
import { createDatabase } from '../support/database.js';
import { createStream } from '../support/stream.js';

test('a build that cannot be opened leaves no reader behind', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const client = await connectWriter(database.url, 5_000);
  try {
    const manager = await jetstreamManager(stream.nats);
    const { created } = await manager.streams.info(stream.name);
    const parts = {
      projection: TOKEN_PROJECTION,
      client,
      fence: () => Promise.resolve(),
      keep: () => Promise.reject(new Error('nothing can be kept')),
      connection: stream.nats,
      generation: 1,
    };
    const job = {
      ...PLAIN_REBUILD,
      lastPerSubject: true,
      startedAt: '',
      requested: 'run',
      phase: 'filling',
    } as StoredJob;
    const source = { stream: stream.name, streamCreated: created };
    await expect(GenerationBuild.open(parts, source, job)).rejects.toThrow('nothing can be kept');
    expect(await manager.consumers.list(stream.name).next()).toEqual([]);
  } finally {
    await disconnectWriter(client);
  }
});

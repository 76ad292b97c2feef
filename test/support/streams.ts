import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';

/** A connection that survives restarts of the server. The client does not read credentials from the URL itself. */
export function connectTo(natsUrl: string): Promise<NatsConnection> {
  const urls = natsUrl.split(',').map((url) => new URL(url));
  const { username, password } = urls[0]!;
  return connect({
    servers: urls.map(({ host }) => host),
    name: 'test',
    maxReconnectAttempts: -1,
    reconnectTimeWait: 100,
    // A server that is being killed may accept a connection and say nothing.
    timeout: 5_000,
    ...(username && { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
  });
}

export async function deleteStreamsOf(natsUrl: string, prefix: string): Promise<void> {
  const connection = await connectTo(natsUrl);
  try {
    const { streams } = await jetstreamManager(connection);
    for await (const name of streams.names()) if (name.startsWith(prefix)) await streams.delete(name);
  } finally {
    await connection.close();
  }
}

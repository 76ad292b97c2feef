import { connect } from 'node:net';

/** A NATS server's first line, which it sends before any login. */
export interface NatsInfo {
  readonly version: string;
  readonly jetstream?: boolean;
  readonly max_payload: number;
}

export function natsInfo(host: string, port: number): Promise<NatsInfo> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, host).setEncoding('utf8').setTimeout(5_000);
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\r\n')) return;
      socket.destroy();
      const info = /^INFO (\{.*\})/.exec(text)?.[1];
      if (info) resolve(JSON.parse(info) as NatsInfo);
      else reject(new Error(`no NATS server answers at ${host}:${port}`));
    });
    socket.on('timeout', () => socket.destroy(new Error(`no answer from ${host}:${port}`)));
    socket.on('error', reject);
    socket.on('end', () => reject(new Error(`${host}:${port} hung up`)));
  });
}

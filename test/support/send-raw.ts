import { connect } from 'node:net';

/** Sends bytes to a NATS server without any check of a client. Resolves once the server has read them. @param bytes in Latin-1 */
export async function sendRaw(natsUrl: string, bytes: string): Promise<void> {
  const { hostname, port } = new URL(natsUrl.split(',')[0]!);
  const socket = connect(Number(port), hostname);
  socket.write(`CONNECT {"headers":true,"verbose":false}\r\n${bytes}PING\r\n`, 'latin1');
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (data) => data.includes('PONG') && resolve());
    socket.on('error', reject);
  });
  socket.destroy();
}

/** A message with any bytes as its headers, for {@link sendRaw}. */
export function rawMessage(subject: string, headers: string, body = '', reply = ''): string {
  const to = reply === '' ? subject : `${subject} ${reply}`;
  return `HPUB ${to} ${headers.length} ${headers.length + body.length}\r\n${headers}${body}\r\n`;
}

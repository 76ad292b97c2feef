import { connect } from 'node:net';
import type { Reply } from '../support/clients.js';

/** Sends bytes that no HTTP client would, and reads until the connection is closed. */
export async function rawRequest(url: string, text: string): Promise<Reply> {
  const { hostname, port } = new URL(url);
  const received = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let all = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (all += chunk));
    socket.on('error', reject).on('close', () => resolve(all));
  });
  const [head = '', body = ''] = received.split(/\r\n\r\n(.*)/s);
  const [start = '', ...lines] = head.split('\r\n');
  const headers = new Headers(lines.map((line): [string, string] => [line.split(': ')[0]!, line.split(': ')[1]!]));
  return { status: Number(start.split(' ')[1]), body, headers, json: <T>() => JSON.parse(body) as T };
}

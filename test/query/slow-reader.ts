import { once } from 'node:events';
import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { atEnd } from '../support/at-end.js';
import { signToken } from '../support/jwt.js';

/** A client that has got the head of an answer and no more than the first bytes of its body. */
export class SlowReader {
  private constructor(private readonly response: IncomingMessage) {}

  static async ask(url: string, further: Readonly<Record<string, string>> = {}): Promise<SlowReader> {
    const agent = new Agent();
    atEnd('closing a slow reader', () => agent.destroy());
    const headers = { authorization: `Bearer ${await signToken()}`, ...further };
    // Of its own accord Node reads one buffer of a body nobody wants yet, and then no more.
    const asked = request(url, { agent, headers }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return new SlowReader(response);
  }

  get status(): number | undefined {
    return this.response.statusCode;
  }

  get headers(): IncomingHttpHeaders {
    return this.response.headers;
  }

  get hasAll(): boolean {
    return this.response.complete;
  }

  /** Goes away without the rest. */
  leave(): void {
    this.response.destroy();
  }

  /** Reads what is left, and keeps none of it. @returns the number of bytes */
  async size(): Promise<number> {
    let bytes = 0;
    for await (const chunk of this.response) bytes += (chunk as Buffer).length;
    return bytes;
  }

  async bytes(): Promise<Buffer> {
    const chunks: Buffer[] = [];
    for await (const chunk of this.response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }

  /** Reads what is left. */
  async rest(): Promise<string> {
    let text = '';
    for await (const chunk of this.response.setEncoding('utf8')) text += String(chunk);
    return text;
  }
}

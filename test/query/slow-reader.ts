import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { atEnd } from '../support/at-end.js';
import { signToken } from '../support/jwt.js';

/** A client that has got the head of an answer and no more than the first bytes of its body. */
export class SlowReader {
  private constructor(private readonly response: IncomingMessage) {}

  static async ask(url: string): Promise<SlowReader> {
    const agent = new Agent();
    atEnd('closing a slow reader', () => agent.destroy());
    const headers = { authorization: `Bearer ${await signToken()}` };
    // Of its own accord Node reads one buffer of a body nobody wants yet, and then no more.
    const asked = request(url, { agent, headers }).end();
    const [response] = (await once(asked, 'response')) as [IncomingMessage];
    return new SlowReader(response);
  }

  get status(): number | undefined {
    return this.response.statusCode;
  }

  get hasAll(): boolean {
    return this.response.complete;
  }

  /** Goes away without the rest. */
  leave(): void {
    this.response.destroy();
  }

  /** Reads what is left. */
  async rest(): Promise<string> {
    let text = '';
    for await (const chunk of this.response.setEncoding('utf8')) text += String(chunk);
    return text;
  }
}

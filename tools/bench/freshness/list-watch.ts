import { Agent, get } from 'node:http';

export interface ListLook {
  readonly body: string;
  /** The stream sequence of the answer's read model. */
  readonly position: number;
}

/** Requests the list repeatedly on its own connection. */
export class ListWatch {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  look(): Promise<ListLook> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.token}` };
      const request = get(this.url, { agent: this.agent, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          if (response.statusCode !== 200) return reject(new Error(`${response.statusCode} ${body}`));
          resolve({ body, position: Number(response.headers['x-read-position']) });
        });
      });
      request.on('error', reject);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}

import { Agent, request } from 'node:http';
import { atEnd } from '../support/at-end.js';
import { signToken } from '../support/jwt.js';

/** What became of a request: `broken` is an answer that was begun and not finished, `lost` one on a connection that was kept. */
type Outcome = 'answered' | 'refused' | 'lost' | 'broken';

/** Clients that keep their connections and ask for the list, one request after the other, until they are refused. */
export class HttpLoad {
  readonly outcomes: Record<Outcome, number> = { answered: 0, refused: 0, lost: 0, broken: 0 };
  /** Statuses of the finished answers. */
  readonly statuses = new Set<number>();
  private readonly agent: Agent;
  private readonly running: Promise<unknown>;
  private isStopping = false;

  constructor(
    private readonly url: string,
    clients: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: clients });
    this.running = Promise.all(Array.from({ length: clients }, () => this.run()));
    atEnd('ending HTTP load', () => this.stop());
  }

  /** Resolves once every client has been refused, or stops. */
  get ended(): Promise<unknown> {
    return this.running;
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
    this.agent.destroy();
  }

  private async run(): Promise<void> {
    const token = await signToken();
    for (let last: Outcome = 'answered'; last === 'answered' && !this.isStopping;) {
      last = await this.ask(token);
      this.outcomes[last] += 1;
    }
  }

  private ask(token: string): Promise<Outcome> {
    return new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}` };
      const asked = request(`${this.url}/v2/tokens?limit=200`, { agent: this.agent, headers }, (response) => {
        this.statuses.add(response.statusCode ?? 0);
        response.on('error', () => resolve('broken'));
        response.on('close', () => resolve(response.complete ? 'answered' : 'broken'));
        response.resume();
      });
      asked.on('error', () => resolve(asked.reusedSocket ? 'lost' : 'refused'));
      asked.end();
    });
  }
}

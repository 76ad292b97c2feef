import type { JobStatus } from '#projection/job.js';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import type { System } from '../support/system.js';

/** Below Jest's own limit, so that a rebuild that does not end says what it saw last. */
const REBUILT_WITHIN_MS = process.env['REBUILD_TOKENS'] ? 300_000 : 45_000;

const STATUS_WITHIN_MS = 2_000;

/** An operator who speaks NATS: quicker than a process for every question. */
export class Rebuilds {
  constructor(
    private readonly system: Pick<System, 'stream' | 'database'> & { readonly projector?: System['projector'] },
  ) {}

  /** @throws with the projector's words when it refuses */
  ask<Answer>(subject: string, body: object = {}): Promise<Answer> {
    return this.request<Answer>(subject, body);
  }

  private async request<Answer>(subject: string, body: object, timeoutMs?: number): Promise<Answer> {
    const { stream } = this.system;
    const reply = await natsRequest(stream.nats, `${stream.prefix}.${subject}`, body, {}, timeoutMs);
    if (reply.status !== 200) throw new Error(reply.json<{ message: string }>().message);
    return reply.json<Answer>();
  }

  /** It asks the projector that leads by now. @returns the generation that is being made */
  async begin(body: object = {}, subject = 'rebuild'): Promise<number> {
    const details = () => this.system.projector?.output.slice(-5_000) ?? '';
    const order = () => this.ask<JobStatus>(subject, body);
    const { generation } = await eventually('a rebuild to be accepted', order, { details });
    return generation;
  }

  async status(): Promise<JobStatus | null> {
    // A request that a restarted server has lost must not use up the time of all further looks.
    return (await this.request<{ job: JobStatus | null }>('rebuild.status', {}, STATUS_WITHIN_MS)).job;
  }

  ended(generation: number): Promise<JobStatus> {
    return eventually(
      `the job of generation ${generation} to end`,
      async () => {
        const status = await this.status();
        return status?.generation === generation && status.finishedAt !== null && status;
      },
      { within: REBUILT_WITHIN_MS, every: 50 },
    );
  }

  /** Begins one and waits for its end. */
  async carryOut(body: object = {}, subject = 'rebuild'): Promise<JobStatus> {
    return this.ended(await this.begin(body, subject));
  }

  async generations(): Promise<Record<number, string>> {
    const rows = await this.system.database.query<{ number: number; state: string }>(
      'select number, state from generation',
    );
    return Object.fromEntries(rows.map(({ number, state }) => [number, state]));
  }
}

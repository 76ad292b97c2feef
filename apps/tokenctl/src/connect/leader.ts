import { errors, type NatsConnection } from '@nats-io/transport-node';
import type { LeaderSettings } from './operator.settings.js';
import { connectOrFail } from './nats.js';
import { refusalIn, withPermissionHint } from './refusal.js';

/** The projector refuses an order that it could not begin within three seconds. */
const ANSWER_WITHIN_MS = 4_000;
/** The only request that is no order: it changes nothing. */
const STATUS = 'rebuild.status';
const OUTCOME_UNKNOWN =
  '. The order may have been carried out, or may still be: look at "tokenctl status" before you ask again. ' +
  'If no answer ever arrives, is NATS_INBOX_PREFIX the one of this login, and is it among NATS_REPLY_PREFIXES of the projector?';

/** No projector leads, or the one that leads does not answer. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The projector that leads. Only this one answers the requests of operators. */
export class Leader {
  /**
   * @param seeAlso the end of the message about a projector that does not answer; `tokenctl status` gives none, since it would name itself
   */
  constructor(
    readonly connection: NatsConnection,
    readonly prefix: string,
    private readonly seeAlso = '; see "tokenctl status"',
  ) {}

  /**
   * @param subject without the prefix
   * @throws {NoAnswer}
   * @throws {Error} with the projector's own words when it refuses
   */
  async request<Answer>(subject: string, body: object = {}, withinMs = ANSWER_WITHIN_MS): Promise<Answer> {
    const message = await this.connection
      .request(`${this.prefix}.${subject}`, JSON.stringify(body), { timeout: withinMs })
      .catch((error: unknown) => {
        throw this.explained(error, subject, withinMs);
      });
    const refusal = refusalIn(message.headers);
    if (refusal) throw refusal;
    return message.json<Answer>();
  }

  private explained(error: unknown, subject: string, withinMs: number): unknown {
    const name = `${this.prefix}.${subject}`;
    if (error instanceof errors.NoRespondersError || hasCause(error, errors.NoRespondersError)) {
      return new NoAnswer(`no projector listens on ${name}; is one running, and is NATS_SUBJECT_PREFIX the same?`);
    }
    if (error instanceof errors.TimeoutError || hasCause(error, errors.TimeoutError)) {
      const seconds = withinMs / 1_000;
      const after = subject === STATUS ? this.seeAlso : OUTCOME_UNKNOWN;
      return new NoAnswer(`no projector that leads has answered on ${name} within ${seconds} seconds${after}`);
    }
    return withPermissionHint(error);
  }
}

/** Connects, and closes the connection afterwards. */
export async function withLeader<T>(settings: LeaderSettings, use: (leader: Leader) => Promise<T>): Promise<T> {
  const nats = await connectOrFail(settings.nats);
  try {
    return await use(new Leader(await nats.connected(), settings.subjectPrefix));
  } finally {
    await nats.close();
  }
}

function hasCause(error: unknown, kind: new (...args: never[]) => Error): boolean {
  return error instanceof Error && error.cause instanceof kind;
}

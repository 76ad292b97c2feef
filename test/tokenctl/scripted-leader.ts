import { headers as natsHeaders, type MsgHdrs } from '@nats-io/transport-node';
import { atEnd } from '../support/at-end.js';
import { connectNats, type TestStream } from '../support/stream.js';

/** A job as a projector tells it; what a test leaves out is that of a rebuild just begun. */
export type JobChange = Readonly<Record<string, unknown>>;

export const aJob = (change: JobChange = {}): object => ({
  kind: 'rebuild',
  acceptDifferences: false,
  repair: false,
  stream: null,
  lastPerSubject: false,
  source: null,
  state: 'running',
  phase: 'filling',
  generation: 2,
  position: 10,
  target: 100,
  eventsPerSecond: 5,
  etaSeconds: 18,
  startedAt: '2026-01-01T00:00:00.000Z',
  finishedAt: null,
  differences: null,
  examples: [],
  message: null,
  ...change,
});

export const anEndedJob = (state: string, change: JobChange = {}): object =>
  aJob({ state, finishedAt: '2026-01-01T00:01:00.000Z', ...change });

/** Says over NATS what a projector would, when the test wants it: moments that real ones go through too fast. */
export class ScriptedLeader {
  /** What it answers about the job; undefined: nothing, as when nobody leads. */
  job: object | null | undefined = aJob();
  asked = 0;
  /** Whether it says instead that it cannot answer at the moment. */
  isUnavailable = false;

  private constructor(
    private readonly stream: TestStream,
    private readonly publishTo: (subject: string, body: string) => void,
  ) {}

  static async begin(stream: TestStream): Promise<ScriptedLeader> {
    const nats = await connectNats(stream.natsUrl);
    const leader = new ScriptedLeader(stream, (subject, body) => nats.publish(subject, body));
    const answer = (subject: string, body: () => object | undefined) =>
      nats.subscribe(`${stream.prefix}.${subject}`, {
        callback: (_, message) => {
          const text = body();
          if (leader.isUnavailable) message.respond('{}', { headers: unavailable() });
          else if (text) message.respond(JSON.stringify(text));
        },
      });
    const subscriptions = [
      answer('rebuild', () => aJob()),
      answer('verify', () => aJob({ kind: 'verify' })),
      answer('rebuild.pause', () => undefined),
      answer('rebuild.status', () => {
        leader.asked += 1;
        return leader.job === undefined ? undefined : { job: leader.job };
      }),
    ];
    atEnd('silencing the scripted leader', () => subscriptions.forEach((subscription) => subscription.unsubscribe()));
    await nats.flush();
    return leader;
  }

  /** Publishes progress. */
  tell(job: object, kind: 'rebuild' | 'verify' = 'rebuild'): void {
    this.publishTo(`${this.stream.prefix}.${kind}.progress`, JSON.stringify(job));
  }
}

function unavailable(): MsgHdrs {
  const headers = natsHeaders();
  headers.set('Nats-Service-Error', 'The database is not reachable at the moment.');
  headers.set('Nats-Service-Error-Code', '503');
  return headers;
}

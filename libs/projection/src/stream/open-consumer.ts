import { type Consumer, DeliverPolicy, type JetStreamClient, type OrderedConsumerOptions } from '@nats-io/jetstream';
import { streamNow } from './stream.js';

/** How long the server keeps a consumer that nobody asks for messages. */
export const KEPT_MS = {
  /** Of the live generation. Short, because a projector that is killed leaves its own behind, and a stream may limit their number. */
  live: 10_000,
  /** Of a job, which may pause, and pays more for opening another one. */
  job: 300_000,
} as const;

const LAST_PER_SUBJECT: Partial<OrderedConsumerOptions> = {
  deliver_policy: DeliverPolicy.LastPerSubject,
  filter_subjects: '>',
};

/**
 * Opens a consumer without acknowledgements.
 * @param from the first sequence, or the last message of every subject
 * @throws {LeaderInDoubt}
 */
export async function openConsumer(
  jetstream: JetStreamClient,
  stream: string,
  from: number | 'last per subject',
  keptMs: number,
): Promise<Consumer> {
  const { config } = await streamNow(await jetstream.jetstreamManager(), stream);
  // A stream may allow less.
  const most = (config.consumer_limits?.inactive_threshold ?? 0) / 1e6 || Infinity;
  const start: Partial<OrderedConsumerOptions> =
    from === 'last per subject'
      ? LAST_PER_SUBJECT
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from };
  return jetstream.consumers.get(stream, { ...start, inactive_threshold: Math.min(keptMs, most) });
}

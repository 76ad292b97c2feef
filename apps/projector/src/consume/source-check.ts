import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { fingerprint } from './fingerprint.js';
import type { Position } from './position.js';
import { SourceChanged } from './source-changed.js';
import { messageAt } from './stream.js';

/**
 * Compares the stream with what the position remembers of it. Servers do not complain about a start they cannot serve: up to
 * 2.10 they clamp it, from 2.11 on they deliver nothing until the stream has grown past it. Either loses events silently.
 * @throws {SourceChanged} saying exactly what happened
 */
export async function checkSource(manager: JetStreamManager, info: StreamInfo, position: Position): Promise<void> {
  const name = info.config.name;
  if (position.streamCreated === null) return;
  if (position.stream !== name || position.streamCreated !== info.created) {
    throw new SourceChanged(
      'recreated',
      `the stream ${name} was made ${info.created}, but the position ${position.sequence} is of the stream ${position.stream} made ${position.streamCreated}`,
    );
  }
  const { first_seq: first, last_seq: last } = info.state;
  if (last < position.sequence) {
    throw new SourceChanged(
      'rewound',
      `the stream ${name} ends at ${last}, before the position ${position.sequence}: it has lost messages that were already applied`,
    );
  }
  // Under a limit per subject old messages go because newer ones carry the whole state; nothing is lost by that.
  const isCompacted = info.config.max_msgs_per_subject > 0;
  if (first > position.sequence + 1 && !isCompacted) {
    throw new SourceChanged(
      'purged',
      `the stream ${name} begins at ${first}, after the position ${position.sequence}: the messages between were removed before they were applied`,
    );
  }
  if (position.sequence < first || position.sequence === 0) return;
  const message = await messageAt(manager, name, position.sequence);
  if (message && fingerprint(message) !== position.fingerprint) {
    throw new SourceChanged(
      'different-message',
      `the stream ${name} holds another message at ${position.sequence} than the one that was applied: it was rewound and has grown again`,
    );
  }
}

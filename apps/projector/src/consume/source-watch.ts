import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { Position } from './position.js';
import { checkSource, isCompacted } from './source-check.js';
import { SourceChanged } from './source-changed.js';
import { findStream } from './stream.js';

const CHECK_EVERY_MS = 5_000;

/** Makes sure, when asked and now and then, that the stream still is the one the position belongs to. */
export class SourceWatch {
  /** Under a limit per subject old messages go because newer ones carry the whole state: missing sequences mean nothing. */
  isCompacted = false;
  private checkedAt = 0;

  constructor(
    private readonly manager: JetStreamManager,
    private readonly stream: string,
    private readonly link: NatsLink,
  ) {}

  get isDue(): boolean {
    return performance.now() - this.checkedAt > CHECK_EVERY_MS;
  }

  /** @throws {SourceChanged} */
  async check(position: Position): Promise<StreamInfo> {
    const info = await this.find(position);
    await this.link.answer(checkSource(this.manager, info, position));
    this.isCompacted = isCompacted(info);
    this.checkedAt = performance.now();
    return info;
  }

  /**
   * The last sequence of the stream. Looks closer where the head is not beyond the position, and when a check is due.
   * @throws {SourceChanged}
   */
  async head(position: Position): Promise<number> {
    const info = await this.find(position);
    const last = info.state.last_seq;
    if (last < position.sequence || info.created !== position.streamCreated || this.isDue) await this.check(position);
    return last;
  }

  private async find(position: Position): Promise<StreamInfo> {
    const info = await this.link.answer(findStream(this.manager, this.stream));
    if (!info)
      throw new SourceChanged(
        'missing',
        `the stream ${this.stream} is gone; the position in it was ${position.sequence}`,
      );
    return info;
  }
}

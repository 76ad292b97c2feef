import { Readable } from 'node:stream';
import type { FollowedChanges } from './follow-changes.query.js';

/** The bytes of the events. It reads the next changes only when the connection has taken the last ones. */
export class ChangeStream extends Readable {
  private readonly rest: FollowedChanges['rest'];

  /** @param lastWords the event in place of changes that cannot be read */
  constructor(
    { first, rest }: FollowedChanges,
    private readonly lastWords: (error: unknown) => Buffer,
  ) {
    // Nothing is read ahead while the connection is full.
    super({ highWaterMark: 0 });
    this.rest = rest;
    this.pushAll(first.bytes);
  }

  private pushAll(bytes: readonly Buffer[]): void {
    for (const piece of bytes) this.push(piece);
  }

  override _read(): void {
    void this.rest.next().then(
      ({ value }) => (value ? this.pushAll(value.bytes) : this.push(null)),
      (error: unknown) => {
        this.push(this.lastWords(error));
        this.push(null);
      },
    );
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void this.rest.return().then(
      () => done(error),
      () => done(error),
    );
  }
}

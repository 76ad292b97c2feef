import { Readable } from 'node:stream';
import { readFailure } from '../reading/read-failure.js';
import type { ExportCursor } from './export-cursor.js';
import type { ExportFormat } from './export-format.js';

/** The bytes of an export. It reads the next documents when its reader has taken the last ones, and closes the cursor however it ends. */
export class DocumentStream extends Readable {
  constructor(
    private readonly cursor: ExportCursor,
    private readonly format: ExportFormat,
  ) {
    super();
    // The caller may be gone before anybody listens, and an error that nobody listens to ends the process.
    this.on('error', () => undefined);
    if (format.header !== '') this.push(format.header);
    const { signal } = cursor;
    // Node's own way would hide the reason in an error that answers nobody.
    const breakOff = () => this.destroy(signal.reason as Error);
    signal.addEventListener('abort', breakOff, { once: true });
    if (signal.aborted) breakOff();
  }

  override _read(): void {
    void this.cursor
      .next()
      .then((documents) => this.push(documents.length === 0 ? null : this.format.textOf(documents)))
      .catch((error: unknown) => this.destroy(readFailure(error)));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void this.cursor
      .close(error ?? undefined)
      .catch((failed: unknown) => failed as Error)
      .then((failed) => done(error ?? failed ?? null));
  }
}

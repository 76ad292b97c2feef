import { addAbortSignal, Readable } from 'node:stream';
import type { ExportCursor } from './export-cursor.js';
import type { ExportFormat } from './export-format.js';

/** The bytes of an export. It reads the next documents when its reader has taken the last ones, and closes the cursor however it ends. */
export class DocumentStream extends Readable {
  constructor(
    private readonly cursor: ExportCursor,
    private readonly format: ExportFormat,
  ) {
    super();
    if (format.header !== '') this.push(format.header);
    addAbortSignal(cursor.signal, this);
  }

  override _read(): void {
    void this.cursor
      .next()
      .then((documents) => this.push(documents.length === 0 ? null : this.format.textOf(documents)))
      .catch((error: unknown) => this.destroy(error as Error));
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    void this.cursor
      .close(error ?? undefined)
      .catch((failed: unknown) => failed as Error)
      .then((failed) => done(error ?? failed ?? null));
  }
}

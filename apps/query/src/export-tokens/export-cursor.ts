import { headOf, type AnswerHead, type Row } from '../reading/reading.js';
import { TOO_LONG } from '../reading/snapshot.sql.js';
import type { ExportSnapshot } from './export-snapshot.js';

/** No document of a batch has more than 16 KB, so that a batch has at most 4 MB. Usual ones make it 100 KB. */
const ROWS = 256;

/** The documents of an export, batch by batch, in the order of the list. */
export class ExportCursor {
  private constructor(
    readonly head: AnswerHead,
    private batch: Row[],
    private readonly snapshot: ExportSnapshot,
    /** Aborted when the export may not go on. */
    readonly signal: AbortSignal,
    private readonly onEnd: (error?: Error) => void,
  ) {}

  /**
   * Reads the first documents too: what is wrong with a statement shows before an answer begins.
   * @param onEnd called at the end, maybe more than once
   */
  static async open(
    snapshot: ExportSnapshot,
    signal: AbortSignal,
    onEnd: (error?: Error) => void,
  ): Promise<ExportCursor> {
    const [first, ...batch] = await snapshot.next(ROWS + 1);
    return new ExportCursor(headOf(first?.[0])!, batch, snapshot, signal, onEnd);
  }

  /** The next documents; none at the end, where the cursor closes by itself. */
  async next(): Promise<readonly string[]> {
    if (this.batch.length === 0) this.batch = await this.snapshot.next(ROWS);
    const long = this.batch.findIndex(([text]) => text.startsWith(TOO_LONG));
    if (long === 0) return [await this.snapshot.document(this.batch.shift()![0].slice(TOO_LONG.length))];
    const documents = this.batch.splice(0, long < 0 ? ROWS : long).map(([text]) => text);
    if (documents.length === 0) await this.close();
    return documents;
  }

  /** May be called more than once. @param error what breaks the export off */
  async close(error?: Error): Promise<void> {
    await this.snapshot.close();
    this.onEnd(error);
  }
}

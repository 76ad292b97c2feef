import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reading } from '../reading/reading.js';

/** A reading that others wait for begins after this time at the latest, although the one before it is under way. */
const LONGEST_WAIT_MS = 1_000;
/** What a page may have besides its rows. */
const ENVELOPE_BYTES = 1_024;
/** So many send their page in one turn of the event loop: to send a large page to hundreds would keep all other requests waiting. */
const SENT_AT_ONCE = 10;

/** A reading that has not begun, and how many have joined it. */
interface Joint {
  readonly reading: Promise<Reading>;
  joined: number;
}

/**
 * One reading for all callers who ask for the same page while another reading of it is under way. So nobody gets what was read before it
 * asked: a caller who was woken by a change must find it.
 */
export class SharedReadings {
  /** Ended or failed; there is none if no reading of the page is under way. */
  private readonly last = new Map<string, Promise<void>>();
  /** These have not begun, so that others may join. */
  private readonly next = new Map<string, Joint>();

  /** @param page what the reading depends on, in a text. @returns a reading whose memory the caller releases, as if it were its own */
  async read(page: string, read: () => Promise<Reading>): Promise<Reading> {
    const next = this.next.get(page);
    if (!next) return this.last.has(page) ? this.waitToRead(page, read) : this.begin(page, read);
    const turns = Math.floor((next.joined += 1) / SENT_AT_ONCE);
    const found = await next.reading;
    for (let turn = 0; turn < turns; turn += 1) await nextTurn();
    // The rows are there once, but each answer is on its way for as long as its own caller likes.
    const held = found.held.besides(found.documents ? found.bytes + ENVELOPE_BYTES : 0);
    return held ? { ...found, held } : read();
  }

  private waitToRead(page: string, read: () => Promise<Reading>): Promise<Reading> {
    const reading = endOf(this.last.get(page)).then(() => {
      this.next.delete(page);
      return this.begin(page, read);
    });
    this.next.set(page, { reading, joined: 0 });
    return reading;
  }

  private begin(page: string, read: () => Promise<Reading>): Promise<Reading> {
    const reading = read();
    const forget = () => void (this.last.get(page) === end && this.last.delete(page));
    const end: Promise<void> = reading.then(forget, forget);
    this.last.set(page, end);
    return reading;
  }
}

/** Of a reading, or of the longest time to wait for it. */
function endOf(reading: Promise<void> | undefined): Promise<void> {
  return new Promise((resolve) => {
    const deadline = setTimeout(resolve, LONGEST_WAIT_MS);
    void reading?.then(resolve).finally(() => clearTimeout(deadline));
  });
}

import type { Client } from 'pg';

/** A place in the order of all changes: by position, then by turn. Changes of one place happened together. */
export interface ChangePlace {
  /** The sequence of an event; for a change out of the order of the stream, how far the generation had read. */
  readonly position: number;
  /** 0 for a change in the order of the stream. */
  readonly turn: number;
}

/** Owners of rows by their kind, as in `TableTemplate`. */
type Owners = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * For a projection whose readers follow its changes one by one. Such a reader remembers the last place that it has read, and asks for what
 * comes after it. So a change must never get a place that a reader may have passed. All work runs in the caller's transaction.
 */
export interface ChangeOrder {
  /**
   * Makes a generation take the place of another one that has the same rows: gives each row a place no earlier than in the other
   * generation, and takes over what only that one remembers.
   * @param since changes at an earlier position are taken over already
   */
  carryOver(client: Client, generation: { readonly from: number; readonly to: number }, since: number): Promise<void>;
  /** The generation continues with another stream: all places so far come before the first event of that stream. */
  putBeforeAll(client: Client, generation: number): Promise<void>;
  /** Runs work that changes rows of these owners out of the order of the stream, and gives what has changed a place after all others. */
  changeNow(
    client: Client,
    generation: number,
    change: { readonly owners: Owners; readonly place: ChangePlace; readonly work: () => Promise<void> },
  ): Promise<void>;
}

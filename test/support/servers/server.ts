/** A server to test against: one that was there already, or one of our own. */
export interface Server {
  /** Host, port and credentials of whoever may do everything on it. */
  readonly url: string;
  /** True when it was started here: nobody else's data is on it, and it takes its data with it. */
  readonly isOwn: boolean;
  /** Ends a server of our own and removes its data; leaves anybody else's alone. */
  stop(): Promise<void>;
}

export const LEAVES_IT_RUNNING: ReadonlySet<NodeJS.Signals> = new Set(['SIGSTOP', 'SIGCONT', 'SIGHUP']);

/** One of our own can also be made to fail. */
export interface OwnServer extends Server {
  readonly isOwn: true;
  /**
   * SIGKILL unless told otherwise; waits for the end of the process then. SIGSTOP freezes it with all its connections,
   * SIGCONT lets it go on, SIGHUP has it read its configuration again; none of these waits.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data; stops it first where it still runs. */
  restart(): Promise<void>;
}

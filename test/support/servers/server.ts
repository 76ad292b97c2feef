/** A server to test against: an existing one, or our own. */
export interface Server {
  /** Host, port and credentials of a user with all rights. */
  readonly url: string;
  /** True if we started it: it holds only our data, and loses the data when it stops. */
  readonly isOwn: boolean;
  /** Ends our own server and removes its data; does nothing to an existing server. */
  stop(): Promise<void>;
}

export const LEAVES_IT_RUNNING: ReadonlySet<NodeJS.Signals> = new Set(['SIGSTOP', 'SIGCONT', 'SIGHUP']);

/** Our own server, which a test can also make fail. */
export interface OwnServer extends Server {
  readonly isOwn: true;
  /**
   * Default: SIGKILL, which waits for the end of the process. SIGSTOP freezes it with all its connections, SIGCONT resumes it, SIGHUP makes
   * it read its configuration again; none of these waits.
   */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same port with the same data; first stops it if it still runs. */
  restart(): Promise<void>;
}

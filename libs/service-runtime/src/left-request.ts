/** A request that has left: its answer is sent, or its caller is gone. */
export interface LeftRequest {
  readonly requestId: string;
  readonly door: 'http' | 'nats';
  /** Its name, the same over both doors. */
  readonly request: string;
  /** undefined: the caller left before the whole answer was sent. */
  readonly status: number | undefined;
  /** The bytes of the answer's body, as sent. */
  readonly bytes: number;
  /** Milliseconds from its arrival. */
  readonly ms: number;
  /** The object on which the guards have put what they know of the caller. */
  readonly source: object;
}

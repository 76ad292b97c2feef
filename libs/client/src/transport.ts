/** A request, before it is written for one of the doors. */
export interface WireRequest {
  readonly operation: 'list' | 'get' | 'resolve' | 'changes';
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
}

/** An answer, whatever its status. */
export interface WireAnswer {
  /** HTTP's; over NATS the code of the service error, or 200. */
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

export interface SendOptions {
  /** The longest wait for an answer. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/** One of the two doors of the service. */
export interface Transport {
  /** @throws {NoAnswerError} if there is none; any other error says that no request will ever get one */
  send(request: WireRequest, options: SendOptions): Promise<WireAnswer>;
}

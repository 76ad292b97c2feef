/** A finished answer: HTTP and NATS send the same bytes of JSON and the same header values. */
export interface Answer {
  /** The JSON in UTF-8. */
  readonly json: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

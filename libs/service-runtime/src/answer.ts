/** A finished answer: the same bytes of JSON and the same header values go out on every door. */
export interface Answer {
  /** In UTF-8. */
  readonly json: Buffer;
  readonly headers: Readonly<Record<string, string>>;
}

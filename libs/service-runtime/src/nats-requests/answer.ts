/** A finished answer: the same JSON text and the same header values go out on every door. */
export interface Answer {
  readonly json: string;
  readonly headers: Readonly<Record<string, string>>;
}

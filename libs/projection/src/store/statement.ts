/** A statement of the writing connection, without its values. It is prepared and planned once. */
export interface Statement {
  readonly name: string;
  readonly text: string;
}

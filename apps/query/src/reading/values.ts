/** The values of a statement, as its text comes to need them. */
export class Values {
  readonly all: unknown[] = [];

  /** @returns the placeholder to write in the value's place */
  bind(value: unknown): string {
    return `$${this.all.push(value)}`;
  }
}

/** Something in the code that keeps a promise when things go wrong, and the test that must notice when it is missing. */
export interface Protection {
  readonly name: string;
  /** From the repository root. */
  readonly file: string;
  /** The source text to change; it is found exactly once in the file. */
  readonly text: string;
  /** What is put in its place: as if nobody had thought of the protection. It still compiles. */
  readonly off: string;
  /** The test file that must fail then. */
  readonly spec: string;
  /** What the full titles of the tests to run there contain. */
  readonly test: string;
}

/** @returns the source with the protection switched off. @throws when its text is not there exactly once */
export function switchedOff(source: string, { name, file, text, off }: Protection): string {
  const found = source.split(text).length - 1;
  if (found === 1) return source.replace(text, () => off);
  throw new Error(
    `"${name}": its text is found ${found} times in ${file}, not once. Where the code has changed, change the entry under test/protections/list/ too:\n${text}`,
  );
}

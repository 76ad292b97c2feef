interface Ending {
  readonly what: string;
  readonly action: () => Promise<void> | void;
}

const endings: Ending[] = [];

/**
 * Registers an action to run when the test that runs now, the test file or the demo ends; the latest one runs first. In a test file the
 * actions run after the file's own hooks. An action must do no harm if its object has already ended.
 */
export function atEnd(what: string, action: () => Promise<void> | void): void {
  endings.push({ what, action });
}

/** The number of actions, the first ones, that belong to the whole file. */
let ofFile = 0;

/** Keeps everything that was started up to now until the file ends, also what the test that runs now has started. */
export function keepForFile(): void {
  ofFile = endings.length;
}

/** Runs the actions of the test that has ended. @returns as {@link cleanUp} */
export function cleanUpTest(): Promise<string[]> {
  return cleanUp(ofFile);
}

/** Runs all actions but the first ones, even if one fails. @returns the failures, in words */
export async function cleanUp(but = 0): Promise<string[]> {
  const problems: string[] = [];
  while (endings.length > but) {
    const { what, action } = endings.pop()!;
    try {
      await action();
    } catch (error) {
      problems.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

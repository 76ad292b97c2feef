interface Ending {
  readonly what: string;
  readonly action: () => Promise<void> | void;
}

const endings: Ending[] = [];

/**
 * Registers an action to run when the test file (or the demo) ends; the latest one runs first. In a test file the actions run after the
 * file's own `afterAll` hooks. An action must do no harm if its object has already ended.
 */
export function atEnd(what: string, action: () => Promise<void> | void): void {
  endings.push({ what, action });
}

/** Runs all actions, even if one fails. @returns the failures, in words */
export async function cleanUp(): Promise<string[]> {
  const problems: string[] = [];
  for (let ending = endings.pop(); ending; ending = endings.pop()) {
    try {
      await ending.action();
    } catch (error) {
      problems.push(`${ending.what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return problems;
}

interface Ending {
  readonly what: string;
  readonly action: () => Promise<void> | void;
}

const endings: Ending[] = [];

/**
 * Remembers something to undo when the test file (or the demo) ends; the latest comes first. In a test file that is behind
 * its own `afterAll` hooks. The action must do no harm when the thing has ended by itself meanwhile.
 */
export function atEnd(what: string, action: () => Promise<void> | void): void {
  endings.push({ what, action });
}

/** Undoes everything; one failure keeps nothing else from being undone. @returns what went wrong, in words */
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

/// <reference types="jest" />
import { cleanUp, cleanUpTest, keepForFile } from './at-end.js';

jest.setTimeout(60_000);

// Ends everything that a test's helpers started: what is idle costs the next tests processor time. Anything that cannot be ended properly
// has leaked, and fails the test, or the file.
beforeEach(keepForFile);
afterEach(async () => expectClean('test', await cleanUpTest()));
afterAll(async () => expectClean('file', await cleanUp()));

function expectClean(what: string, problems: readonly string[]): void {
  if (problems.length > 0) throw new Error(`This ${what} does not end cleanly:\n${problems.join('\n')}`);
}

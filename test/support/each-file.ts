/// <reference types="jest" />
import { cleanUp } from './at-end.js';

jest.setTimeout(60_000);

// Ends everything that the file's helpers started. Anything that cannot be ended properly has leaked, and fails the file.
afterAll(async () => {
  const problems = await cleanUp();
  if (problems.length > 0) throw new Error(`This file does not end cleanly:\n${problems.join('\n')}`);
});

import { TestEnvironment } from 'jest-environment-node';

/**
 * Moves the hooks of each-file.ts that end things behind the file's own: jest runs hooks in the order of their definition, so that these
 * would look for leaks before the file has closed anything.
 */
export default class SystemTestEnvironment extends TestEnvironment {
  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== 'run_start') return;
    const { hooks } = rootDescribeBlock;
    for (const kind of ['afterEach', 'afterAll']) {
      const first = hooks.findIndex(({ type }) => type === kind);
      hooks.push(...hooks.splice(first, 1));
    }
  }
}

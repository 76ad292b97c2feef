import { TestEnvironment } from 'jest-environment-node';

/**
 * Moves the `afterAll` of each-file.ts behind the file's own: jest runs them in the order of their definition, so that it would look
 * for leaks before the file has closed anything.
 */
export default class SystemTestEnvironment extends TestEnvironment {
  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== 'run_start') return;
    const { hooks } = rootDescribeBlock;
    const first = hooks.findIndex(({ type }) => type === 'afterAll');
    hooks.push(...hooks.splice(first, 1));
  }
}

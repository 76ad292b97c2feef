import { TestEnvironment } from 'jest-environment-node';
import { isShortened } from './slow-files.mjs';

/**
 * In the short form, of a slow file only the first test runs.
 *
 * Moves the hooks of each-file.ts that end things behind the file's own: jest runs hooks in the order of their definition, so that these
 * would look for leaks before the file has closed anything.
 */
export default class SystemTestEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.isShort = process.env.TEST_LENGTH === 'short' && isShortened(context.testPath);
  }

  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== 'run_start') return;
    if (this.isShort) for (const test of testsOf(rootDescribeBlock).slice(1)) test.mode = 'skip';
    const { hooks } = rootDescribeBlock;
    for (const kind of ['afterEach', 'afterAll']) {
      const first = hooks.findIndex(({ type }) => type === kind);
      hooks.push(...hooks.splice(first, 1));
    }
  }
}

function testsOf({ children }) {
  return children.flatMap((child) => (child.type === 'test' ? [child] : testsOf(child)));
}

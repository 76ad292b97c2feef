import { TestEnvironment } from 'jest-environment-node';
import { shortLength } from './slow-files.mjs';

/**
 * In the short form, of a slow file only the first test runs, and none of a file whose every test takes long.
 *
 * Moves the hooks of each-file.ts that end things behind the file's own: jest runs hooks in the order of their definition, so that these
 * would look for leaks before the file has closed anything.
 */
export default class SystemTestEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    this.length = process.env.TEST_LENGTH === 'short' ? shortLength(context.testPath) : Infinity;
  }

  handleTestEvent({ name }, { rootDescribeBlock }) {
    if (name !== 'run_start') return;
    for (const test of testsOf(rootDescribeBlock).slice(this.length)) test.mode = 'skip';
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

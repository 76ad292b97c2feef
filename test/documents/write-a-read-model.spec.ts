import { codeBlocks } from './markdown.js';
import { filesBelow, textOf } from './project-files.js';

describe('docs/write-a-read-model.md', () => {
  const text = textOf('docs/write-a-read-model.md');
  const projection = textOf('test/chargers/charger-projection.ts');
  const events = textOf('test/chargers/charger-events.ts');
  const blocks = codeBlocks(text, 'ts');

  test('shows the projection of the chargers as it is, all of it and in its order', () => {
    const shown = blocks.filter((code) => !events.includes(code));
    const withoutImports = projection.replaceAll(/^import .*\n/gm, '');
    expect(shown.join('\n')).toBe(withoutImports.trimStart());
  });

  test('shows their events as they are', () => {
    expect(blocks.filter((code) => events.includes(code))).toHaveLength(2);
  });

  test('names every test that proves it', () => {
    const specs = filesBelow('test/chargers').flatMap((path) => /[\w-]+\.spec\.ts$/.exec(path) ?? []);
    // What the engine promises of its own is no test to copy.
    const missing = specs.filter((name) => name !== 'engine.spec.ts' && !text.includes(`\`${name}\``));
    expect(missing).toEqual([]);
  });
});

import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { anchorsOf, codeBlocks, codeSpans, linkTargets } from './markdown.js';
import { documents, filesBelow, jsonOf, textOf } from './project-files.js';

const { scripts } = jsonOf<{ scripts: Record<string, string> }>('package.json');
const PATH = /^(?:apps|libs|test|docs|\.githooks)\/[\w./-]*$/;

describe.each(documents())('%s', (document) => {
  const text = textOf(document);

  test('links only to files and headings that exist', () => {
    const local = linkTargets(text).filter((target) => !/^(https?|mailto):/.test(target));
    expect(local.filter((target) => !resolves(document, target))).toEqual([]);
  });

  test('names only paths that exist', () => {
    const named = codeSpans(text).filter((code) => PATH.test(code));
    expect(named.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('names only commands that exist', () => {
    const named = [...codeSpans(text), ...codeBlocks(text)].flatMap((code) =>
      Array.from(code.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test)\b)/g), ([, script, test]) => (script ?? test)!),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });
});

describe('docs/decisions', () => {
  const notes = filesBelow('docs/decisions');

  test('are numbered without a gap', () => {
    const numbers = notes.map((path) => Number(/\/(\d{4})-[a-z0-9-]+\.md$/.exec(path)?.[1]));
    expect(numbers).toEqual(notes.map((_, index) => index + 1));
  });

  test.each(notes)('%s says what was asked, what was chosen and what it costs', (path) => {
    const headings = anchorsOf(textOf(path));
    expect(headings).toEqual(expect.arrayContaining(['question', 'choice', 'price']));
  });

  test('are all listed in docs/README.md', () => {
    const listed = linkTargets(textOf('docs/README.md')).map((target) => `docs/${target}`);
    expect(listed).toEqual(expect.arrayContaining(notes));
  });
});

function resolves(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? document : join(dirname(document), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(textOf(file)).includes(anchor);
}

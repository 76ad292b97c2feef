import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { filesBelow, jsonOf, textOf } from './project-files.js';

interface Workflow {
  readonly jobs: Readonly<
    Record<
      string,
      {
        readonly strategy?: { readonly matrix: { readonly include?: readonly Readonly<Record<string, unknown>>[] } };
        readonly steps: readonly { readonly run?: string; readonly uses?: string }[];
      }
    >
  >;
}

const { scripts } = jsonOf<{ scripts: Record<string, string> }>('package.json');
const workflow = (path: string) => parse(textOf(path)) as Workflow;

describe.each(filesBelow('.github/workflows'))('%s', (path) => {
  const commands = Object.values(workflow(path).jobs).flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []));

  test('runs only what exists', () => {
    const named = commands.flatMap((command) =>
      Array.from(command.matchAll(/\bnpm run ([\w:-]+)/g), ([, name]) => name!),
    );
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
    const files = commands.flatMap((command) => command.match(/^\.[\w./-]+/gm) ?? []);
    expect(files.filter((file) => !existsSync(file))).toEqual([]);
  });
});

test('every pair of the supported versions meets in a run', () => {
  const runs = workflow('.github/workflows/ci.yml').jobs['tests']!.strategy!.matrix.include!;
  const versions = { node: [20.19, 22, 24, 26], postgresql: [15, 18], nats: ['v2.9.10', 'latest'] } as const;
  const missing = Object.entries(versions).flatMap(([one, itsVersions]) =>
    Object.entries(versions).flatMap(([other, others]) =>
      itsVersions.flatMap((version) =>
        others
          .filter((another) => one < other && !runs.some((run) => run[one] === version && run[other] === another))
          .map((another) => `${one} ${version} with ${other} ${another}`),
      ),
    ),
  );
  expect(missing).toEqual([]);
});

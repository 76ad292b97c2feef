import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { startSystem } from '../support/system.js';
import { healthCommand, stagesOf } from './dockerfile.js';
import { jsonOf, textOf } from './project-files.js';

const run = promisify(execFile);

describe('the image', () => {
  const dockerfile = textOf('Dockerfile');
  const stages = stagesOf(dockerfile);
  const copiedFromHere = stages.flatMap(({ copies }) =>
    copies.filter(({ from }) => !from).flatMap((copy) => copy.sources),
  );

  test('is built from a long-term support release that the product allows', () => {
    const [, major] = /^node:(\d+)-slim$/.exec(stages[0]!.from)!;
    const { engines } = jsonOf<{ engines: { node: string } }>('package.json');
    expect(Number(major) % 2).toBe(0);
    expect(Number(major)).toBeGreaterThan(Number(/\d+/.exec(engines.node)![0]));
  });

  test('copies only from stages that exist and only files that exist', () => {
    const names = stages.map(({ name }) => name);
    const used = stages.flatMap(({ from, copies }) => [from, ...copies.flatMap((copy) => copy.from ?? [])]);
    expect(used.filter((stage) => !stage.startsWith('node:') && !names.includes(stage))).toEqual([]);
    expect(copiedFromHere.filter((path) => !existsSync(path))).toEqual([]);
  });

  test('gets into its build context exactly what it copies', () => {
    const allowed = textOf('.dockerignore')
      .split('\n')
      .filter((line) => line.startsWith('!'))
      .map((line) => line.slice(1));
    expect(allowed.sort()).toEqual([...new Set(copiedFromHere)].sort());
  });

  test('runs as a user without privileges', () => {
    expect(stages.at(-1)!.user).toBe('node');
  });

  test('starts the query app, as its npm script does, when it is not told otherwise', () => {
    const command = JSON.parse(/^CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[];
    const { scripts } = jsonOf<{ scripts: Record<string, string> }>('package.json');
    expect(`exec ${command.join(' ')}`).toBe(scripts['start:query']);
  });

  test('has a health check that holds for either app, and for none where nothing runs', async () => {
    const [command, ...args] = healthCommand(dockerfile);
    expect(command).toBe('node');
    const { query, projector } = await startSystem();
    const [queryPort, projectorPort] = [query, projector].map(({ url }) => new URL(url).port);
    const nobody = String(await freePort());
    const exitCode = (HTTP_PORT: string, PROJECTOR_HTTP_PORT: string) =>
      run(process.execPath, args, { env: { HTTP_PORT, PROJECTOR_HTTP_PORT } }).then(
        () => 0,
        ({ code }: { code: number }) => code,
      );
    expect(await exitCode(queryPort!, nobody)).toBe(0);
    expect(await exitCode(nobody, projectorPort!)).toBe(0);
    expect(await exitCode(nobody, nobody)).toBe(1);
  });
});

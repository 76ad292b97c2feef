import { eventually } from '../support/eventually.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { startProjector } from '../support/processes.js';
import { startSystem, type System } from '../support/system.js';
import { holdGeneration } from './held-generation.js';
import { Operator } from './operator.js';
import { RequestsMeanwhile } from './requests-meanwhile.js';

interface Job {
  readonly kind: string;
  readonly state: string;
  readonly phase: string;
  readonly generation: number;
  readonly position: number;
  readonly finishedAt: string | null;
}

const lines = (stdout: string) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Job);

describe('tokenctl rebuild', () => {
  let system: System;
  let operator: Operator;

  beforeAll(async () => {
    system = await startSystem();
    operator = new Operator(system.env);
    const { lastSequence } = await operator.json<{ lastSequence: number }>(0, 'seed', '--tokens', '10000');
    await waitForPosition(system.query.url, lastSequence);
  });

  const generations = async () =>
    Object.fromEntries(
      (await system.database.query<{ number: number; state: string }>('select number, state from generation')).map(
        ({ number, state }) => [number, state],
      ),
    );
  const jobState = async () => (await operator.json<Job>(0, 'rebuild', 'status')).state;
  const list = async () => (await httpList(system.query.url, { limit: 1_000 })).body;

  test('status says that nothing has run yet; there is nothing to cancel, to pause or to go back to', async () => {
    expect((await operator.run(0, 'rebuild', 'status')).stdout).toMatch(/^No job is running/);
    for (const verb of ['cancel', 'pause']) {
      expect((await operator.run(1, 'rebuild', verb)).output).toBe(`tokenctl rebuild ${verb}: No job is running.\n`);
    }
    expect((await operator.run(1, 'rebuild', 'rollback')).output).toContain('There is no previous generation');
    await operator.run(1, 'rebuild', 'status', '--follow');
  });

  test('--follow shows every phase to its end, while every request is answered rightly', async () => {
    const meanwhile = await RequestsMeanwhile.begin(system);
    const { stdout } = await operator.run(0, 'rebuild', '--follow');
    await meanwhile.stop();
    expect(meanwhile.wrong).toEqual([]);
    expect(meanwhile.answers).toBeGreaterThan(50);
    expect(stdout).toMatch(/^rebuild \(generation 2\): running, filling/);
    expect(stdout).toMatch(/rebuild \(generation 2\): done, generation 2 is live\n$/);
    expect(await generations()).toEqual({ 1: 'previous', 2: 'live' });
  });

  test('rollback puts the previous generation back', async () => {
    const before = await list();
    const { stdout } = await operator.run(0, 'rebuild', 'rollback', '--follow');
    expect(stdout).toMatch(/roll-back \(to generation 1\): done, generation 1 is live\n$/);
    expect(await generations()).toEqual({ 1: 'live', 2: 'previous' });
    await eventually('the list to be served', async () => expect(await list()).toBe(before) ?? true);
  });

  test('--follow --json is a line of JSON for every step, the last of which tells the end', async () => {
    const steps = lines((await operator.run(0, 'rebuild', '--follow', '--json')).stdout);
    expect(steps[0]).toMatchObject({ kind: 'rebuild', state: 'running', generation: 3 });
    expect(steps.at(-1)).toMatchObject({ kind: 'rebuild', state: 'done', generation: 3 });
    expect(steps.filter(({ finishedAt }) => finishedAt !== null)).toHaveLength(1);
  });

  test('differences stop the switch and are listed, unless they are accepted', async () => {
    await system.database.query(
      `update token_3 set document = replace(document, '"isActive":', '"isActive": ') where id = 17`,
    );
    const { stdout } = await operator.run(1, 'rebuild', '--follow');
    expect(stdout).toContain('failed, 1 difference, 1 differences between');
    expect(stdout).toMatch(/token +17 +different\n/);
    expect((await generations())[3]).toBe('live');
    await operator.run(0, 'rebuild', '--follow', '--accept-differences');
    expect((await generations())[3]).toBe('previous');
  });

  describe('while a job is running', () => {
    let number: number;
    let release: () => Promise<void>;

    beforeEach(async () => {
      const [held, { stdout }] = await Promise.all([holdGeneration(system.database), operator.run(0, 'rebuild')]);
      expect(stdout).toMatch(/^Accepted\. rebuild \(generation \d+\): running, filling/);
      ({ number, release } = held);
    });

    test('a second one is refused with the state of the first; cancel ends it and leaves nothing behind', async () => {
      const before = await generations();
      for (const second of [['rebuild', '--follow'], ['verify'], ['rebuild', 'rollback']]) {
        const { output } = await operator.run(1, ...second);
        expect(output).toMatch(new RegExp(`A rebuild is running already \\(generation ${number}, filling, .*cancel`));
      }
      const cancelling = operator.start('rebuild', 'cancel', '--follow');
      await cancelling.writes(/running, filling/);
      await release();
      expect(await cancelling.exited).toMatchObject({ code: 0 });
      expect(cancelling.output).toMatch(/cancelled, cancelled by an operator\n$/);
      const { [number]: _gone, ...others } = before;
      await eventually('the generation to be gone', async () => expect(await generations()).toEqual(others) ?? true);
      expect(await jobState()).toBe('cancelled');
      expect((await operator.run(1, 'rebuild', 'status', '--follow')).stdout).toContain('cancelled');
    });

    test('pause lets it rest, and resume lets it go on', async () => {
      expect((await operator.run(0, 'rebuild', 'pause')).stdout).toMatch(/paused, filling/);
      await release();
      expect(await jobState()).toBe('paused');
      const status = await operator.json<{ job: Job; generations: object[] }>(0, 'status');
      expect(status.job).toMatchObject({ state: 'paused', generation: number });
      expect(status.generations).toContainEqual(expect.objectContaining({ number, state: 'building', job: 'rebuild' }));
      expect((await generations())[number]).toBe('building');
      const { stdout } = await operator.run(0, 'rebuild', 'resume', '--follow');
      expect(stdout).toMatch(new RegExp(`generation ${number} is live\n$`));
    });

    test('Ctrl-C ends the watching, not the job', async () => {
      const following = operator.start('rebuild', 'status', '--follow');
      await following.writes(/filling/);
      following.signal('SIGINT');
      expect(await following.exited).toMatchObject({ code: 130 });
      expect(following.output).toContain('not stopped');
      await release();
      expect((await operator.run(0, 'rebuild', 'status', '--follow')).stdout).toContain('is live');
    });

    test('--follow goes on over a SIGKILL of the projector, and sees its successor end the job', async () => {
      const following = operator.start('rebuild', 'status', '--follow', '--json');
      await following.writes(/"running"/);
      system.projector.kill('SIGKILL');
      await system.projector.exited;
      await release();
      await system.database.query(`update projector_lease set expires_at = '-infinity'`);
      await startProjector(system.env);
      expect(await following.exited).toMatchObject({ code: 0 });
      const steps = lines(following.output);
      expect(new Set(steps.map(({ generation }) => generation))).toEqual(new Set([number]));
      expect(steps.at(-1)).toMatchObject({ kind: 'rebuild', state: 'done' });
      expect((await generations())[number]).toBe('live');
    });
  });
});

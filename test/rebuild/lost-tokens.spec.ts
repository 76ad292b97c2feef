import { jetstreamManager } from '@nats-io/jetstream';
import type { JobStatus } from '#projection/job.js';
import { healthOf } from '../faults/health.js';
import { letLeaseRunOut } from '../faults/lease.js';
import { anErasure, aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Operator } from '../tokenctl/operator.js';
import { Rebuilds } from './rebuilds.js';

const BEFORE = 400;
const AFTER = 50;
const SENTENCE = `the list would go from ${BEFORE} to ${AFTER} tokens`;

const tokens = (count: number) => Array.from({ length: count }, () => aTokenEvent('token.created'));

describe('a rebuild that would take many tokens from the list', () => {
  let system: System;
  let rebuilds: Rebuilds;
  let operator: Operator;

  async function start(settings = {}): Promise<void> {
    system = await startSystem(settings);
    rebuilds = new Rebuilds(system);
    operator = new Operator(system.env);
    await waitForPosition(system.query.url, await publish(system.stream, tokens(BEFORE)));
    await recreate(AFTER);
  }

  async function recreate(count: number): Promise<void> {
    const { nats, name, prefix } = system.stream;
    const { streams } = await jetstreamManager(nats);
    await streams.delete(name);
    await streams.add({ name, subjects: [`${prefix}.events.>`] });
    await publish(system.stream, tokens(count));
    await eventually('the projector to halt', stale);
  }

  const list = () => httpList(system.query.url, { limit: 1 });
  const count = async () => (await list()).json<{ count: number }>().count;
  const stale = async () => (await list()).headers.get('x-read-stale');
  const waiting = () =>
    eventually(
      'the rebuild to wait',
      async () => {
        const status = await rebuilds.status();
        return status?.state === 'waiting' && status;
      },
      { within: 30_000 },
    );

  test('ends with 1 in a script and waits; only what was shown can be confirmed; the way back is frozen and stays', async () => {
    await start();
    const { stdout } = await operator.run(1, 'rebuild', '--follow');
    expect(stdout).toContain(`${SENTENCE}: "tokenctl rebuild confirm" lets it switch`);
    expect(await count()).toBe(BEFORE);
    expect((await operator.run(0, 'rebuild', 'status')).stdout).toMatch(/waiting, switching, .*would go from/);
    expect((await operator.run(0, 'status')).stdout).toContain(SENTENCE);
    expect(
      (await system.projector.metrics()).get('projector_job{kind="rebuild",phase="switching",state="waiting"}'),
    ).toBe(1);
    await expect(rebuilds.ask('rebuild.confirm', { generation: 2, tokens: AFTER + 1 })).rejects.toThrow('No job waits');
    await expect(rebuilds.ask('rebuild.confirm', { generation: 3, tokens: AFTER })).rejects.toThrow('No job waits');
    await expect(rebuilds.ask('rebuild.confirm', {})).rejects.toThrow('Send { "generation"');
    expect((await operator.run(1, 'rebuild', 'confirm')).output).toContain('Nobody can be asked here: add --yes');
    await operator.run(0, 'rebuild', 'confirm', '--yes', '--follow');
    expect(await count()).toBe(AFTER);

    expect((await operator.run(1, 'rebuild', 'rollback')).output).toMatch(
      /generation 1 cannot be brought up to date, because .* is of the stream .*--frozen/,
    );
    expect(await count()).toBe(AFTER);
    const back = await operator.run(0, 'rebuild', 'rollback', '--frozen', '--follow');
    expect(back.stdout).toMatch(/generation 1 is live at 400; frozen and marked as stale/);
    expect(await count()).toBe(BEFORE);
    expect(await stale()).toBe('source-recreated');
    const told = await eventually('the metrics to tell of the frozen list', async () => {
      const metrics = await system.projector.metrics();
      return metrics.get('projector_position') === BEFORE && metrics;
    });
    expect([...told.keys()]).not.toContain('projector_lag_events');
    expect(told.get('projector_lag_seconds')).toBeGreaterThan(
      Number((await list()).headers.get('x-read-lag-ms')) / 2_000,
    );
    expect(told.get('projector_jobs_total{kind="rollback",end="done"}')).toBe(1);
    // And forward again, which takes tokens away again.
    expect((await operator.run(1, 'rebuild', 'rollback', '--follow')).stdout).toContain(SENTENCE);
    expect((await operator.run(1, 'verify')).output).toMatch(/A rollback is waiting already .*confirm it or cancel it/);
    await operator.run(0, 'rebuild', 'cancel', '--follow');
    await operator.run(0, 'rebuild', 'rollback', '--follow', '--yes');
    expect(await count()).toBe(AFTER);
    await eventually('it to be fresh', async () => (await stale()) === null);
  }, 120_000);

  test('that configuration asks for waits for an operator too, under the next leader as well, and is not begun again once it is cancelled', async () => {
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    expect(await waiting()).toMatchObject({ generation: 2, loss: { from: BEFORE, to: AFTER } });
    expect(system.projector.logsWith(`${SENTENCE}: an operator must confirm it`)).toHaveLength(1);
    system.projector.kill('SIGKILL');
    await system.projector.exited;
    await letLeaseRunOut(system.database);
    const next = await startProjector(system.env, { when: 'listening' });
    await waiting();
    await eventually('the next leader to tell of it in its log', () => next.logsWith(SENTENCE).length === 1);
    expect((await healthOf(next, 'http')).degraded).toEqual({
      job: expect.stringContaining(`a rebuild waits for an operator: ${SENTENCE}`) as string,
    });
    expect(await count()).toBe(BEFORE);
    await rebuilds.ask('rebuild.cancel');
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'cancelled' });
    await eventually('it to say that it waits', () => next.logsWith('not rebuilding by itself').length > 0);
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
    const { generation } = await rebuilds.ask<JobStatus>('rebuild', { acceptLoss: true });
    expect(await rebuilds.ended(generation)).toMatchObject({ state: 'done' });
    expect(await count()).toBe(AFTER);
  }, 120_000);

  test('asks again when the list would lose more than was confirmed, however little more', async () => {
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    const asks = (to: number) =>
      eventually('it to ask', async () => {
        const status = await rebuilds.status();
        return (status?.loss?.to === to || status?.finishedAt) && status;
      });
    const [id, to] = [10_000, AFTER + 1];
    await publish(system.stream, aTokenEvent('token.created', { id }));
    await asks(to);
    await rebuilds.ask('rebuild.pause');
    await rebuilds.ask('rebuild.confirm', { generation: 2, tokens: to });
    await publish(system.stream, anErasure({ id, version: 2 }));
    await rebuilds.ask('rebuild.resume');
    expect(await asks(AFTER)).toMatchObject({ state: 'waiting', loss: { from: BEFORE, to: AFTER } });
    await rebuilds.ask('rebuild.confirm', { generation: 2, tokens: AFTER });
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
  }, 60_000);

  test('goes on by itself once the stream has brought enough of them back', async () => {
    await start({ ON_SOURCE_CHANGE: 'rebuild' });
    await waiting();
    await publish(system.stream, tokens(BEFORE - AFTER));
    expect(await rebuilds.ended(2)).toMatchObject({ state: 'done' });
    await eventually('all of them', async () => (await count()) === BEFORE);
  }, 60_000);
});

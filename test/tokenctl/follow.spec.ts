import { eventually } from '../support/eventually.js';
import { createStream } from '../support/stream.js';
import { Operator, type Running } from './operator.js';
import { aJob, anEndedJob, ScriptedLeader } from './scripted-leader.js';

const LEADS_NO_MORE = anEndedJob('failed', { message: 'this projector no longer leads' });

describe('following a job', () => {
  let leader: ScriptedLeader;
  let operator: Operator;

  beforeEach(async () => {
    const stream = await createStream({ create: false });
    leader = await ScriptedLeader.begin(stream);
    operator = new Operator(stream.env);
  });

  async function following(...args: string[]): Promise<Running> {
    const running = operator.start('rebuild', '--follow', ...args);
    await running.writes(/filling/);
    return running;
  }

  const codeOf = async ({ exited }: Running) => (await exited).code;

  test('leaves other jobs aside', async () => {
    const running = await following();
    leader.tell(anEndedJob('failed', { generation: 1 }));
    leader.tell(anEndedJob('failed', { kind: 'verify' }), 'verify');
    leader.tell(anEndedJob('cancelled', { startedAt: '2025-12-31T00:00:00.000Z' }));
    leader.tell(anEndedJob('done', { message: 'generation 2 is live' }));
    expect(await codeOf(running)).toBe(0);
    expect(running.output).toMatch(/rebuild \(generation 2\): done, generation 2 is live\n$/);
  });

  test('the last job is shown with the time of its end: it may be of last week', async () => {
    leader.job = anEndedJob('failed', { message: 'no space' });
    const { stdout } = await operator.run(0, 'rebuild', 'status');
    expect(stdout).toMatch(/failed, no space\nended 2026-01-01T00:01:00\.000Z, \d.* ago\n$/);
  });

  test('learns by asking what it did not hear', async () => {
    const running = await following('--json');
    leader.job = anEndedJob('done');
    expect(await codeOf(running)).toBe(0);
  });

  test('goes on when the leader cannot reach its database for a moment', async () => {
    const running = await following();
    leader.isUnavailable = true;
    await eventually('the leader to be asked', () => leader.asked > 0);
    leader.isUnavailable = false;
    leader.job = anEndedJob('done');
    expect(await codeOf(running)).toBe(0);
  });

  test('says that an order without an answer may have been carried out', async () => {
    const { output } = await operator.run(1, 'rebuild', 'pause');
    expect(output).toMatch(/may have been carried out, or may still be: look at "tokenctl status".*NATS_INBOX_PREFIX/);
    leader.job = undefined;
    expect((await operator.run(1, 'rebuild', 'status')).output).toMatch(/within 4 seconds; see "tokenctl status"\n$/);
  });

  test('does not take a leader that gives up for the end: its successor goes on', async () => {
    const running = await following();
    leader.job = undefined;
    leader.tell(LEADS_NO_MORE);
    await eventually('the leader to be asked', () => leader.asked > 0);
    leader.job = null;
    const { asked } = leader;
    await eventually('the successor to be asked', () => leader.asked > asked);
    leader.job = aJob({ phase: 'indexing' });
    await running.writes(/indexing/);
    leader.tell(anEndedJob('done'));
    expect(await codeOf(running)).toBe(0);
    expect(running.output).not.toContain('failed');
  });

  test('ends with 1 over a failure that the leader confirms', async () => {
    const running = await following();
    leader.job = anEndedJob('failed', { message: 'no space' });
    leader.tell(leader.job);
    expect(await codeOf(running)).toBe(1);
    expect(running.output).toMatch(/failed, no space\n$/);
  });

  test('ends with 1 when the leader knows nothing of the job any more', async () => {
    const running = await following();
    leader.job = null;
    expect(await codeOf(running)).toBe(1);
    expect(running.output).toMatch(/knows nothing of the job/);
  }, 30_000);
});

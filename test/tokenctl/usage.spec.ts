import { runTokenctl } from '../support/run-tokenctl.js';
import { Operator } from './operator.js';

const COMMANDS = [
  [],
  ['status'],
  ['rebuild'],
  ['verify'],
  ['dead-letters'],
  ['dead-letters', 'list'],
  ['dead-letters', 'show'],
  ['dead-letters', 'replay'],
  ['dead-letters', 'discard'],
  ['restored'],
  ['migrate'],
  ['seed'],
  ['jwt'],
];
const NOBODY = '127.0.0.1:1';
const AWAY = {
  DATABASE_URL: `postgres://user:secret@${NOBODY}/tokens`,
  NATS_URL: `nats://user:secret@${NOBODY}`,
  NATS_SUBJECT_PREFIX: 'test.nobody',
};

describe('tokenctl', () => {
  test('has help with examples for every command', async () => {
    const runs = await Promise.all(COMMANDS.map((command) => new Operator({}).run(0, ...command, '--help')));
    for (const { stdout } of runs) expect(stdout).toMatch(/Usage: tokenctl[\s\S]*Examples?:\n {2}\$ /);
  });

  test('refuses a command it does not know, and begins nothing', async () => {
    expect((await new Operator({}).run(1, 'rebuidl')).output).toMatch(/Did you mean rebuild\?/);
    expect((await new Operator({}).run(1, 'rebuild', 'cancle')).output).toContain('See: tokenctl rebuild --help');
    expect((await new Operator({}).run(1, 'dead-letters', 'lsit')).output).toMatch(/Did you mean list\?/);
  });

  test.each([
    ['--json', 'status'],
    ['--follow', 'rollback'],
    ['--accept-differences', 'status'],
    ['--skip-disk-check', 'drop-previous'],
  ])('refuses %s before "rebuild %s", where it would be lost', async (option, subcommand) => {
    const { output } = await new Operator(AWAY).run(1, 'rebuild', option, subcommand);
    expect(output).toMatch(new RegExp(`option '${option}' .* write it after the subcommand`));
    expect(output).toContain('See: tokenctl rebuild --help');
  });

  test.each([
    [['status'], 'DATABASE_URL is missing'],
    [['dead-letters', 'replay', '--all'], 'DATABASE_URL is missing'],
    [['migrate'], 'DATABASE_URL is missing'],
    [['rebuild', '--follow'], 'NATS_URL must be a URL'],
  ])('%j ends with 78 over wrong settings and names them', async (command, problem) => {
    const { exit, output } = await runTokenctl(command, { NATS_URL: 'http://127.0.0.1' });
    expect(output).toContain(problem);
    expect(exit.code).toBe(78);
  });

  test('says within seconds, and without a password, that NATS or the database is away', async () => {
    const startedAt = performance.now();
    const operator = new Operator(AWAY);
    const [overNats, overSql] = await Promise.all([
      Promise.all(
        [['rebuild'], ['rebuild', 'status', '--follow'], ['verify'], ['dead-letters', 'replay', '1']].map((command) =>
          operator.run(1, ...command),
        ),
      ),
      Promise.all(
        [['dead-letters', 'list'], ['dead-letters', 'discard', '1', '--yes'], ['restored'], ['migrate']].map(
          (command) => operator.run(1, ...command),
        ),
      ),
    ]);
    expect(performance.now() - startedAt).toBeLessThan(15_000);
    for (const { output } of overNats)
      expect(output).toMatch(/no connection to NATS at 127\.0\.0\.1:1 within 4 seconds.*NATS_URL/);
    for (const { output } of overSql)
      expect(output).toMatch(/database tokens at 127\.0\.0\.1:1 is not reachable.*DATABASE_URL/);
    for (const { output } of [...overNats, ...overSql]) expect(output).not.toContain('secret');
  });
});

import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { tableNames } from '#projection/table-template.js';
import { aMembershipEvent, anErasure, aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Operator } from './operator.js';

interface Verification {
  readonly state: string;
  readonly differences: number;
  readonly examples: readonly object[];
}

describe('tokenctl verify', () => {
  let system: System;
  let operator: Operator;
  let listed: string;

  beforeAll(async () => {
    system = await startSystem();
    operator = new Operator(system.env);
    const tokens = Array.from({ length: 50 }, (_, i) =>
      aTokenEvent('token.created', { id: i + 1, customerId: (i % 5) + 1 }),
    );
    const events = [
      ...tokens,
      aMembershipEvent('token-group.tokens-added', { tokenIds: [1, 2] }),
      anErasure({ id: 50 }),
    ];
    await waitForPosition(system.query.url, await publish(system.stream, events));
    listed = await list();
  });

  const list = async () => (await httpList(system.query.url)).body;
  const tables = async () =>
    (await system.database.query<{ number: number }>('select number from generation')).flatMap(({ number }) =>
      tableNames(TOKEN_PROJECTION, number),
    );

  test('finds no differences where there are none, and leaves nothing behind', async () => {
    const { stdout } = await operator.run(0, 'verify');
    expect(stdout).toMatch(/verification \(by generation 2\): done, no differences at position 52\n$/);
    expect(await tables()).toEqual(tableNames(TOKEN_PROJECTION, 1));
  });

  describe('where rows were tampered with', () => {
    beforeAll(async () => {
      await system.database.query(`update token_1 set document = replace(document, 'DK.SPI', 'DK.XXX') where id = 7`);
      await system.database.query('delete from token_search_1 where id = 8');
      await system.database.query('insert into token_erasure_1 values (4711, 1)');
    });

    test('lists every difference and ends with 1', async () => {
      const { stdout } = await operator.run(1, 'verify');
      expect(stdout).toContain('done, 3 differences');
      expect(stdout).toMatch(/table +key +row in the live generation\n/);
      expect(stdout).toMatch(/token +7 +different\n/);
      expect(stdout).toMatch(/tokenSearch +8 +missing\n/);
      expect(stdout).toMatch(/tokenErasure +4711 +one too many, without an event\n/);
      expect(stdout).toContain('1 row has no event among those that were read (tokenErasure 4711)');
    });

    test('tells programs the same in one line', async () => {
      const found = await operator.json<Verification>(1, 'verify');
      expect(found).toMatchObject({ kind: 'verify', state: 'done', repair: false, differences: 3, untold: 1 });
      expect(found.examples).toHaveLength(3);
      expect(found.examples).toContainEqual({ table: 'tokenSearch', key: '8', kind: 'missing' });
      expect(await list()).not.toBe(listed);
    });

    test('--repair puts right what events tell of, and ends with 1 where a row is left that none tells of', async () => {
      const { stdout } = await operator.run(1, 'verify', '--repair');
      expect(stdout).toContain(
        'repaired 2 differences; 1 row has no event among those that were read (tokenErasure 4711)',
      );
      expect(stdout).toContain('to remove: tokenctl verify --repair --remove-untold 1');
      expect(await list()).toBe(listed);
      expect(await operator.json(1, 'verify')).toMatchObject({ differences: 1, untold: 1 });
    });

    test('--remove-untold removes it, told how many there are, and ends with 0', async () => {
      const { stdout } = await operator.run(1, 'verify', '--repair', '--remove-untold', '2');
      expect(stdout).toContain(
        'failed, 1 difference, 1 row has no event among those that were read, not 2: this attempt changed nothing',
      );
      expect((await operator.run(1, 'verify', '--remove-untold', '1')).output).toContain('needs repair');
      expect((await operator.run(0, 'verify', '--repair', '--remove-untold', '1')).stdout).toContain(
        'repaired 1 difference',
      );
      expect(await list()).toBe(listed);
      expect(await operator.json(0, 'verify')).toMatchObject({ differences: 0, untold: 0, examples: [] });
    });
  });
});

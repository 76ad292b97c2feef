import { confirmation, expectNothing, letterIds, rollbackOrder, verifyOrder } from './operator.request.js';

describe('letterIds', () => {
  test('takes ids as texts and as numbers', () => {
    expect(letterIds({ ids: ['1', 17] })).toEqual(['1', '17']);
  });

  test.each([
    [{}],
    [{ ids: [] }],
    [{ ids: '1' }],
    [{ ids: ['0'] }],
    [{ ids: [['1']] }],
    [{ ids: [{ toString: 1 }] }],
    [{ ids: [null] }],
    [{ ids: ['1'], all: true }],
    [{ ids: Array.from({ length: 1_001 }, (_, i) => i + 1) }],
  ])('refuses %j', (raw) => {
    expect(() => letterIds(raw)).toThrow('Send { "ids": [...] } and nothing else, with 1 to 1000 ids');
  });
});

describe('an order that takes no options', () => {
  test('may come with an empty object', () => {
    expect(() => expectNothing({})).not.toThrow();
  });

  test.each([
    [{ data: [], count: 0 }],
    [{ specversion: '1.0', type: 'token.created' }],
    [{ acceptDifferences: false }],
    [[]],
    [null],
    ['cancel'],
    [{ ['x\n'.repeat(100)]: true }],
  ])('is refused with %j', (raw) => {
    expect(() => expectNothing(raw)).toThrow(/There is no option|must be a JSON object/);
  });
});

describe('verifyOrder', () => {
  test('takes an archive', () => {
    const { order, options } = verifyOrder({ repair: true, stream: 'ARCHIVE', skipDiskCheck: true });
    expect(order).toMatchObject({ kind: 'verify', repair: true, stream: 'ARCHIVE', acceptDifferences: false });
    expect(options).toEqual({ skipDiskCheck: true });
  });

  test('removes rows that no event tells of only where a repair is to, and where it says how many', () => {
    expect(verifyOrder({ repair: true }).order.removeUntold).toBeNull();
    expect(verifyOrder({ repair: true, removeUntold: 50 }).order.removeUntold).toBe(50);
    for (const removeUntold of [true, 0, -1, 1.5, '50', 2 ** 53])
      expect(() => verifyOrder({ repair: true, removeUntold })).toThrow('must be the number of rows');
    expect(() => verifyOrder({ removeUntold: 50 })).toThrow('needs repair');
  });

  test.each([[{ stream: 'a b' }], [{ stream: 5 }], [{ acceptDifferences: true }], [{ repair: 'yes' }]])(
    'refuses %j',
    (raw) => {
      expect(() => verifyOrder(raw)).toThrow();
    },
  );
});

describe('rollbackOrder', () => {
  test('takes the words of an operator who knows what is lost, and nothing else', () => {
    expect(rollbackOrder({ acceptDifferences: true, acceptLoss: true, acceptStale: true })).toMatchObject({
      order: { kind: 'rollback', acceptDifferences: true, acceptLoss: true },
      options: { acceptStale: true },
    });
    expect(rollbackOrder({})).toMatchObject({
      order: { acceptDifferences: false, acceptLoss: false },
      options: { acceptStale: false },
    });
    expect(() => rollbackOrder({ stream: 'ARCHIVE' })).toThrow('There is no option stream');
  });
});

describe('confirmation', () => {
  test('takes the generation and the number that was shown', () => {
    expect(confirmation({ generation: 2, tokens: 0 }, 'tokens')).toEqual({ generation: 2, rows: 0 });
  });

  test.each([
    [{}],
    [{ generation: 2 }],
    [{ generation: 2, tokens: '5' }],
    [{ generation: 2, tokens: -1 }],
    [{ generation: 2, tokens: 0.5 }],
    [{ generation: 2, tokens: 5, all: true }],
    [null],
    [[]],
  ])('refuses %j', (raw) => {
    expect(() => confirmation(raw, 'tokens')).toThrow();
  });
});

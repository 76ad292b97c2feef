import { MembershipBatches } from './membership-batches.js';

describe('MembershipBatches', () => {
  test('hands over a full batch at once and the rest when drained, with rising versions', () => {
    const batches = new MembershipBatches();
    const full = Array.from({ length: 1_001 }, (_, i) => batches.add(7, i + 1)).filter(
      (change) => change !== undefined,
    );
    batches.add(8, 5);
    expect(full.map(({ version, tokenIds }) => [version, tokenIds.length])).toEqual([[1, 1_000]]);
    expect([...batches.drain()]).toEqual([
      { tokenGroupId: 7, version: 2, tokenIds: [1_001] },
      { tokenGroupId: 8, version: 1, tokenIds: [5] },
    ]);
    expect([...batches.drain()]).toEqual([]);
  });
});

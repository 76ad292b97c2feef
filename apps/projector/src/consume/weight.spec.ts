import type { DomainEvent } from '#token-events/events.js';
import { weightOf } from './weight.js';

const payload = new Uint8Array();
const NOON = '2025-06-03T12:00:00.000Z';

function weighs(type: DomainEvent['type'], data: object): number {
  const event = { type, data, eventId: '1', time: NOON } as unknown as DomainEvent;
  return weightOf({ payload, decoded: { kind: 'event', event } });
}

describe('the weight of a message', () => {
  it.each(['token.created', 'token.updated', 'token.activated', 'token.deactivated', 'token.deleted', 'token.erased'])(
    'is one for %s',
    (type) => expect(weighs(type as DomainEvent['type'], { id: 1 })).toBe(1),
  );

  it('is one for what is no event of ours', () => {
    expect(weightOf({ payload, decoded: { kind: 'skipped', type: 'token.renamed' } })).toBe(1);
    expect(weightOf({ payload, decoded: { kind: 'rejected', reason: 'not JSON' } })).toBe(1);
  });

  it('is the number of its tokens for a change of a group', () => {
    const tokenIds = Array.from({ length: 1_000 }, (_, index) => index + 1);
    expect(weighs('token-group.tokens-added', { tokenGroupId: 1, tokenIds })).toBe(1_000);
    expect(weighs('token-group.tokens-removed', { tokenGroupId: 1, tokenIds: [7, 8] })).toBe(2);
  });

  it('is that of ten tokens for a deletion of a group, whose members are looked for', () => {
    expect(weighs('token-group.deleted', { tokenGroupId: 1 })).toBe(10);
  });

  it('grows by one for each KiB', () => {
    const decoded = { kind: 'skipped', type: 'token.renamed' } as const;
    expect(weightOf({ payload: new Uint8Array(10 * 1_024 + 1), decoded })).toBe(11);
  });
});

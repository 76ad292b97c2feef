import type { DomainEvent } from '#token-contract/events.js';
import { keyOf, rowsOf } from './event-key.js';

const NOON = '2025-06-03T12:00:00.000Z';

function rows(type: DomainEvent['type'], data: object): number {
  return rowsOf({ type, data, eventId: '1', time: NOON } as unknown as DomainEvent);
}

describe('the rows that an event can touch', () => {
  test.each([
    'token.created',
    'token.updated',
    'token.activated',
    'token.deactivated',
    'token.deleted',
    'token.erased',
  ])('are one for %s', (type) => expect(rows(type as DomainEvent['type'], { id: 1 })).toBe(1));

  test('are as many as its tokens for a change of a group', () => {
    const tokenIds = Array.from({ length: 1_000 }, (_, index) => index + 1);
    expect(rows('token-group.tokens-added', { tokenGroupId: 1, tokenIds })).toBe(1_000);
    expect(rows('token-group.tokens-removed', { tokenGroupId: 1, tokenIds: [7, 8] })).toBe(2);
  });

  test('are taken for ten where a group is deleted, whose members are looked for', () => {
    expect(rows('token-group.deleted', { tokenGroupId: 1 })).toBe(10);
  });
});

describe('the key of an event', () => {
  test.each([
    [{ id: 5, version: 2 }, [5], 'the token 5'],
    [{ tokenGroupId: 7, version: 3 }, [7, 3], 'the group 7 and the version 3'],
    [{ tokenGroupId: 3, version: 3, tokenIds: [1] }, [3, 3], 'the group 3 and the version 3'],
  ])('of %j names %j', (data, parts, words) => {
    expect(keyOf({ data } as unknown as DomainEvent)).toMatchObject({ parts, words });
  });
});

import { decode } from '#token-events/decode.js';
import { mayHideOthers } from './stands-for-others.js';

const NOON = '2025-06-03T12:00:00.000Z';

function message(subject: string, type: string, data: object) {
  const event = { specversion: '1.0', id: 'x', source: '/test', type, time: NOON, data };
  const payload = Buffer.from(JSON.stringify(event));
  return {
    sequence: 9,
    subject,
    headers: [],
    payload,
    decoded: decode(payload),
    storedAtNanos: 0n,
  };
}

describe('the last message of a subject', () => {
  it.each([
    ['e.token.5', 'token.erased', { id: 5, version: 2 }],
    ['e.token-group.7.3', 'token-group.deleted', { tokenGroupId: 7, version: 3 }],
    ['e.3.3', 'token-group.tokens-added', { tokenGroupId: 3, version: 3, tokenIds: [1] }],
  ])('on %s stands for the others when it is a %s', (subject, type, data) => {
    expect(mayHideOthers(message(subject, type, data))).toBeUndefined();
  });

  it.each([
    ['e.token', 'token.erased', { id: 5, version: 2 }, 'does not name the token 5'],
    ['e.token-group.7', 'token-group.deleted', { tokenGroupId: 7, version: 3 }, 'name the group 7 and the version 3'],
    ['e.token-group.7', 'token-group.deleted', { tokenGroupId: 7, version: 7 }, 'name the group 7 and the version 7'],
    ['e.token.5', 'token.renamed', { id: 5 }, 'unknown type token.renamed'],
    ['e.token.5', 'token.erased', { id: 5 }, 'cannot be applied'],
  ])('on %s may hide others when it is a %s', (subject, type, data, why) => {
    expect(mayHideOthers(message(subject, type, data))).toContain(why);
  });
});

import { mayMeet, ReplySubjects } from './reply-subjects.js';

const subjects = new ReplySubjects(
  ['billing.replies', '_GR_', '_R_'],
  ['tokens', 'tokens.events.>', 'legacy.*.events'],
);

describe('an answer', () => {
  test.each([
    '_INBOX.6fGqTXwHQKqgqMy3oYTYbE',
    '_INBOX.6fGqTXwHQKqgqMy3oYTYbE.1',
    '_INBOX.1k3yD0Pq8Y9BBvTYmfCZ41.jKaX5Rn3',
    '_INBOX.caller.billing.xyz.17',
    '_INBOX.tokens.xyz.17',
    '_INBOX.größe.1',
    'billing.replies.17',
    '_GR_.Ab12Cd.Ef34Gh._INBOX.xyz.1',
    '_R_.xyz',
    '_GR_.a.b.billing.replies.17',
    '_GR_.a.b._R_.xyz',
  ])('may go to %s', (reply) => {
    expect(subjects.refusal(reply)).toBeUndefined();
  });

  test.each([
    ['', 'missing'],
    [undefined, 'missing'],
    ['_INBOX', 'no_inbox'],
    ['_INBOXES.x', 'no_inbox'],
    ['_inbox.x', 'no_inbox'],
    ['x._INBOX.y', 'no_inbox'],
    ['billing.replies', 'no_inbox'],
    ['billing.repliesx.y', 'no_inbox'],
    ['_INBOX.', 'malformed'],
    ['_INBOX..x', 'malformed'],
    ['._INBOX.x', 'malformed'],
    ['_INBOX.x.', 'malformed'],
    ['_INBOX.>', 'malformed'],
    ['_INBOX.*', 'malformed'],
    ['_INBOX.x y', 'malformed'],
    ['_INBOX.x\ttokens.rebuild 0', 'malformed'],
    ['_INBOX.x\r\nPUB tokens.rebuild 0\r\n', 'malformed'],
    ['_INBOX.\u2028', 'malformed'],
    ['_INBOX.\ufffd', 'malformed'],
    [`_INBOX.${'x'.repeat(600)}`, 'malformed'],
    ['$JS.API.STREAM.PURGE.TOKENS', 'protected'],
    ['_INBOX.$JS.API', 'protected'],
    ['_INBOX.x.$', 'protected'],
    ['_GR_.a.b.billing.charge', 'no_inbox'],
    ['_GR_.a.b', 'no_inbox'],
    ['_GR_.a.b._GR_.c.d.billing.charge', 'no_inbox'],
    ['_GR_.a.b.$JS.API.STREAM.PURGE.TOKENS', 'protected'],
    ['_GR_.a.b.tokens.rebuild.cancel', 'protected'],
    ['_GR_.a.b.legacy.x.events', 'protected'],
    ['tokens', 'protected'],
    ['tokens.list', 'protected'],
    ['tokens.rebuild.pause', 'protected'],
    ['tokens.events.token.1', 'protected'],
    ['legacy.x.events.y', 'protected'],
  ])('never goes to %j', (reply, reason) => {
    expect(subjects.refusal(reply)).toBe(reason);
  });
});

describe('mayMeet', () => {
  test.each([
    ['tokens', 'tokens.list'],
    ['tokens.events.inbox', 'tokens.events.>'],
    ['a.b', 'a.*.c'],
    ['a.b.c', 'a.b'],
    ['_INBOX', '>'],
  ])('%s and %s', (prefix, pattern) => {
    expect(mayMeet(prefix, pattern)).toBe(true);
  });

  test.each([
    ['tokens-replies', 'tokens.list'],
    ['tokens.replies', 'tokens.events.>'],
    ['_INBOX', 'a.events.x'],
  ])('not %s and %s', (prefix, pattern) => {
    expect(mayMeet(prefix, pattern)).toBe(false);
  });
});

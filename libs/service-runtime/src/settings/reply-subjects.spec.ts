import { Environment } from './environment.js';
import { readReplySubjects } from './reply-subjects.js';

const read = (prefixes?: string, subjectPrefix = 'tokens', stream = ['tokens.events.>']) =>
  Environment.read({ NATS_REPLY_PREFIXES: prefixes }, (environment) =>
    readReplySubjects(environment, subjectPrefix, stream),
  );

describe('NATS_REPLY_PREFIXES', () => {
  test('lets answers go below inboxes, and below what it adds', () => {
    expect(read().refusal('_INBOX.x')).toBeUndefined();
    expect(read().refusal('billing.replies.x')).toBe('no_inbox');
    for (const prefixes of ['billing.replies', 'billing.replies.', ' _R_ , billing.replies ', 'tokens-replies,billing'])
      expect(read(prefixes).refusal('billing.replies.x')).toBeUndefined();
  });

  test.each([
    ',',
    '_R_,',
    '.',
    '*',
    'a.*',
    '>',
    'billing.>',
    'a..b',
    'a b',
    '$JS',
    'a.$JS.API',
    '$SRV',
    'tokens',
    'tokens.list',
    'tokens.rebuild',
    'tokens.replies',
    'tokens.events',
    'tokens.events.inbox',
    'billing,tokens.list.x',
  ])('is refused at the start as %j', (prefixes) => {
    expect(() => read(prefixes)).toThrow('NATS_REPLY_PREFIXES must be');
  });

  test('must not meet the subjects of the stream either, whatever they are', () => {
    expect(() => read('billing.replies', 'tokens', ['billing.>'])).toThrow('NATS_REPLY_PREFIXES');
    expect(() => read('billing.replies', 'tokens', ['*.replies.x'])).toThrow('NATS_REPLY_PREFIXES');
    expect(() => read('billing', 'tokens', ['billing.events.>'])).toThrow('NATS_REPLY_PREFIXES');
  });

  test.each([
    ['tokens', ['>']],
    ['tokens', ['*.events.>']],
    ['_INBOX.tokens', ['tokens.events.>']],
  ])('leaves nothing to the stream or the requests that is an inbox: %s, %j', (subjectPrefix, stream) => {
    expect(() => read(undefined, subjectPrefix, stream)).toThrow('must leave _INBOX to the answers');
  });
});

describe('the subjects of the stream', () => {
  test.each([
    ['tokens', ['tokens.>']],
    ['tokens', ['x.>', 'tokens.*']],
    ['tokens', ['tokens.list']],
    ['tokens', ['tokens.*.status']],
    ['tokens', ['tokens.*.cancel']],
    ['tokens', ['tokens.rebuild.progress']],
    ['tokens', ['tokens.rebuild.drop-previous']],
    ['tokens.events', ['tokens.events.>']],
  ])('may not take requests with the prefix %s: %j', (subjectPrefix, stream) => {
    expect(() => read(undefined, subjectPrefix, stream)).toThrow('must leave the requests out');
  });

  test.each([
    ['tokens', ['tokens.events.>']],
    ['tokens', ['tokens']],
    ['tokens.ask', ['tokens.events.>', 'tokens.*.x.y.>']],
  ])('may be beside them: %s, %j', (subjectPrefix, stream) => {
    expect(() => read(undefined, subjectPrefix, stream)).not.toThrow();
  });
});

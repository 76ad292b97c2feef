import { JetStreamError } from '@nats-io/jetstream';
import { NatsAway } from '#service-runtime/nats-connection.js';
import { PositionMoved } from '../store/position.js';
import { interruptionReason } from './interruption-reason.js';
import { LeaseLost } from '../store/lease.js';

const withCode = (code: string) => Object.assign(new Error('as PostgreSQL says'), { code });

describe('the reason of an interruption', () => {
  test.each([
    ['postgres_away', 'a refused connection', withCode('ECONNREFUSED')],
    ['postgres_away', 'a server that shuts down', withCode('57P01')],
    ['postgres_away', 'a cut connection', new Error('Connection terminated unexpectedly')],
    ['disk_full', 'a full disk', withCode('53100')],
    ['serialization', 'a serialization failure', withCode('40001')],
    ['deadlock', 'a deadlock', withCode('40P01')],
    ['statement_timeout', 'a cancelled statement', withCode('57014')],
    ['transaction_timeout', 'a transaction left idle', withCode('25P03')],
    ['postgres_other', 'a missing table', withCode('42P01')],
    ['nats_away', 'a lost connection to NATS', new NatsAway()],
    ['stream', 'a consumer that is gone', new JetStreamError('consumer deleted')],
    ['lease_lost', 'a lost lease', new LeaseLost({ projection: 'tokens', holder: 'a', epoch: '1' })],
    ['position_moved', 'a position somebody else moved', new PositionMoved('gone')],
    ['other', 'any other error', new Error('never seen before')],
    ['other', 'what is no error at all', 'not even an error'],
  ])('is %s for %s', (reason, _, error) => {
    expect(interruptionReason(error)).toBe(reason);
  });
});

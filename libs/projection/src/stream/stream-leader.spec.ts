import type { PeerInfo, StreamInfo } from '@nats-io/jetstream';
import { believe, LeaderInDoubt } from './stream-leader.js';

const SECOND = 1_000_000_000;

function replica(name: string, active: number, offline = false): PeerInfo {
  return { name, active, offline, current: true, lag: 0 };
}

function info(replicas: PeerInfo[] | undefined, leader: string | undefined = 'a', copies = 3): StreamInfo {
  const cluster = { name: 'c', ...(leader ? { leader } : {}), ...(replicas ? { replicas } : {}) };
  return { config: { name: 'S', num_replicas: copies }, cluster } as unknown as StreamInfo;
}

const alone = { config: { name: 'S', num_replicas: 1 } } as unknown as StreamInfo;

describe('what is said of a stream counts', () => {
  test.each([
    ['a server alone says it', alone],
    ['the stream has one replica in a cluster', info(undefined, 'a', 1)],
    ['the leader has heard all others lately', info([replica('b', SECOND), replica('c', 0.2 * SECOND)])],
    ['the leader has heard one of two others lately', info([replica('b', SECOND), replica('c', 900 * SECOND, true)])],
  ])('when %s', (_, said) => expect(believe(said)).toBe(said));
});

describe('what is said of a stream does not count', () => {
  test.each([
    ['no leader is elected', info([replica('a', 0), replica('b', SECOND), replica('c', SECOND)], ''), /no leader/],
    ['a follower says it', info([replica('a', SECOND), replica('c', SECOND)]), /not said by the leader a/],
    ['no replica is told of', info(undefined), /does not say yet/],
    [
      'the leader has heard nobody for a while',
      info([replica('b', 3 * SECOND), replica('c', 4 * SECOND)]),
      /0 of the 2/,
    ],
    ['the leader has never heard anybody', info([replica('b', 0), replica('c', 0)]), /0 of the 2 others/],
    ['those it has heard are leaving', info([replica('b', SECOND, true), replica('c', 9 * SECOND)]), /0 of the 2/],
    [
      'half of five were heard',
      info(
        [replica('b', SECOND), replica('c', 9 * SECOND), replica('d', 9 * SECOND), replica('e', 9 * SECOND)],
        'a',
        5,
      ),
      /1 of the 4/,
    ],
  ])('when %s', (_, said, words) => {
    expect(() => believe(said)).toThrow(LeaderInDoubt);
    expect(() => believe(said)).toThrow(words);
  });
});

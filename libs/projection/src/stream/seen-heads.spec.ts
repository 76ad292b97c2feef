import type { StreamInfo } from '@nats-io/jetstream';
import { SeenHeads } from './seen-heads.js';

function said(sequence: number, leader?: string, created = 'once'): StreamInfo {
  const cluster = leader === undefined ? undefined : { leader, replicas: [{}, {}] };
  return { created, config: { num_replicas: 3 }, state: { last_seq: sequence }, cluster } as unknown as StreamInfo;
}

describe('the heads that were seen', () => {
  test('tell since when everything up to a sequence is all there was', () => {
    const heads = new SeenHeads();
    heads.add(said(10), 1_000);
    heads.add(said(20), 1_100);
    heads.add(said(30), 1_200);
    expect(heads.completeAt('once', 9)).toBeUndefined();
    expect(heads.completeAt('once', 25)).toBe(1_100);
    expect(heads.completeAt('once', 25)).toBe(1_100);
    expect(heads.completeAt('once', 30)).toBe(1_200);
    expect(heads.newest).toBe(30);
  });

  test('of an idle stream tell the last time it was looked at', () => {
    const heads = new SeenHeads();
    for (let at = 0; at < 100_000; at += 250) heads.add(said(10), at);
    expect(heads.completeAt('once', 10)).toBe(99_750);
  });

  test('tell nothing of a stream that was made at another time', () => {
    const heads = new SeenHeads();
    heads.add(said(10), 1_000);
    expect(heads.completeAt('twice', 10)).toBeUndefined();
    heads.add(said(5, undefined, 'twice'), 2_000);
    expect(heads.completeAt('once', 10)).toBeUndefined();
    expect(heads.completeAt('twice', 4)).toBeUndefined();
  });

  test('never go back: a server that knows less than was known is behind', () => {
    const heads = new SeenHeads();
    heads.add(said(10), 1_000);
    heads.add(said(9), 1_100);
    heads.add(said(12), 900);
    expect(heads.completeAt('once', 9)).toBeUndefined();
    expect(heads.completeAt('once', 12)).toBe(1_000);
  });

  test('are thinned out while the position stays far behind, and the newest is kept', () => {
    const heads = new SeenHeads();
    for (let i = 1; i <= 100_000; i += 1) heads.add(said(i), i * 100);
    expect(heads.newest).toBe(100_000);
    const at = heads.completeAt('once', 50_000);
    expect(at).toBeLessThanOrEqual(5_000_000);
    expect(heads.completeAt('once', 100_000)).toBe(10_000_000);
  });

  test('of a replicated stream count once one leader has answered for a second, without a long silence', () => {
    const heads = new SeenHeads();
    heads.add(said(10, 'a'), 0);
    heads.add(said(10, 'a'), 900);
    expect(heads.completeAt('once', 10)).toBeUndefined();
    heads.add(said(10, 'a'), 1_000);
    expect(heads.completeAt('once', 10)).toBe(1_000);
    heads.add(said(10, 'b'), 1_500);
    heads.add(said(10, 'b'), 2_400);
    expect(heads.completeAt('once', 10)).toBe(1_000);
    heads.add(said(10, 'b'), 2_500);
    expect(heads.completeAt('once', 10)).toBe(2_500);
    heads.add(said(10, 'b'), 6_000);
    expect(heads.completeAt('once', 10)).toBe(2_500);
  });

  test('are the highest sequence also where the leader is asked too seldom to count as steady', () => {
    const heads = new SeenHeads();
    for (let i = 1; i <= 5; i += 1) heads.add(said(i * 100, 'a'), i * 4_000);
    expect(heads.newest).toBe(500);
    expect(heads.completeAt('once', 500)).toBeUndefined();
  });

  test('of a mirror count as of when it last heard of its origin, and not while it lacks messages', () => {
    const heads = new SeenHeads();
    const mirror = (sequence: number, lag: number, activeMs: number) => ({
      ...said(sequence),
      mirror: { name: 'ORIGIN', lag, active: activeMs * 1e6 },
    });
    heads.add(mirror(0, 0, -1e-6), 1_000);
    heads.add(mirror(4, 6, 0), 2_000);
    expect(heads.completeAt('once', 10)).toBeUndefined();
    expect(heads.newest).toBe(4);
    heads.add(mirror(10, 0, 50), 3_000);
    expect(heads.completeAt('once', 10)).toBe(2_700);
    heads.add(mirror(10, 0, 3_600_050), 3_603_000);
    expect(heads.completeAt('once', 10)).toBe(2_700);
    heads.add(mirror(10, 0, 20), 3_604_000);
    expect(heads.completeAt('once', 10)).toBe(3_603_730);
  });
});

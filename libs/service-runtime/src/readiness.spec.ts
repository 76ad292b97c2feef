import { Readiness } from './readiness.js';

describe('readiness', () => {
  const AWAY = 'is not connected';

  test('is of every door while nothing is wrong, and of none once the process stops', () => {
    const readiness = new Readiness();
    readiness.add('database', () => undefined);
    readiness.add('nats', () => undefined, 'nats');
    expect(readiness.report()).toEqual({ ready: true, reasons: {}, degraded: {} });
    expect(readiness.report('nats')).toEqual({ ready: true, reasons: {}, degraded: {} });
    readiness.stop();
    expect([readiness.report().ready, readiness.report('nats').ready]).toEqual([false, false]);
  });

  test('is lost to one door alone over what matters to that door alone, and the others tell of it', () => {
    const readiness = new Readiness();
    readiness.add('nats', () => AWAY, 'nats');
    expect(readiness.report()).toEqual({ ready: true, reasons: {}, degraded: { nats: AWAY } });
    expect(readiness.report('nats')).toEqual({ ready: false, reasons: { nats: AWAY }, degraded: {} });
  });

  test('is lost to none over what is only to be told', () => {
    const readiness = new Readiness();
    readiness.tell('job', () => 'waits for an operator');
    for (const report of [readiness.report(), readiness.report('nats')])
      expect(report).toEqual({ ready: true, reasons: {}, degraded: { job: 'waits for an operator' } });
  });

  test('is lost to every door over what matters to all', () => {
    const readiness = new Readiness();
    readiness.add('database', () => 'is not reachable');
    expect([readiness.report().ready, readiness.report('nats').ready]).toEqual([false, false]);
  });
});

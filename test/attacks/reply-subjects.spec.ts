import type { NatsConnection } from '@nats-io/transport-node';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { attackedSystem, fill, type AttackedSystem } from './attacked-system.js';

const TOKENS = 3;

/** What an answer would do there: destroy events, steer a job, become an event, ask again, or reach any subscriber. */
const HOSTILE = [
  '$JS.API.STREAM.PURGE.TOKENS',
  '$JS.API.STREAM.DELETE.TOKENS',
  '$SYS.REQ.SERVER.PING',
  '$SRV.PING',
  '$KV.bucket.key',
  'tokens.rebuild',
  'tokens.rebuild.pause',
  'tokens.rebuild.resume',
  'tokens.rebuild.cancel',
  'tokens.events.x',
  'tokens.list',
  'somebody.else',
  '_INBOX',
  '_INBOX.x.$JS.API.STREAM.PURGE.TOKENS',
  '_INBOX.>',
  '_INBOX.*.x',
  '_inbox.x',
];

/** Of every kind of request one that succeeds and one that fails: errors are published too. */
const REQUESTS: readonly (readonly [string, string])[] = [
  ['tokens.list', ''],
  ['tokens.list', '{"limit":0}'],
  ['tokens.list', '{'],
  ['tokens.get', '{"id":1}'],
  ['tokens.rebuild.status', ''],
  ['tokens.rebuild.resume', ''],
  ['$SRV.PING', ''],
  ['$SRV.INFO', ''],
  ['$SRV.STATS', ''],
];

describe.each([
  ['without rights', false],
  ['with the rights of deploy/nats-server.conf', true],
])('on a server %s', (_, hasRights) => {
  let system: AttackedSystem;
  /** May send all of the requests, so that nothing but our own checks and the rights of the apps are in the way. */
  let attacker: NatsConnection;
  let caller: NatsConnection;
  let operator: NatsConnection;
  /** The subjects of all that went over the server. */
  const seen: string[] = [];

  beforeAll(async () => {
    system = await attackedSystem(hasRights);
    await fill(system, TOKENS);
    attacker = await system.connect('watcher');
    caller = await system.connect('caller');
    operator = await system.connect('operator');
    system.watcher.subscribe('>', { callback: (_error, message) => void seen.push(message.subject) });
    await system.watcher.flush();
  });

  /** What is asked later is answered later, as a rule: when these are answered, so would the attacks be. */
  const answered = async () => {
    for (let i = 0; i < 3; i += 1) {
      await natsRequest(caller, 'tokens.get', '{"id":2}');
      await natsRequest(operator, 'tokens.rebuild.status', '');
    }
    await system.watcher.flush();
  };

  test.each(HOSTILE)('no request makes an app publish to %s', async (reply) => {
    const before = seen.length;
    for (const [subject, body] of REQUESTS) attacker.publish(subject, body, { reply });
    await attacker.flush();
    await answered();
    const own = REQUESTS.filter(([subject]) => subject === reply).length;
    expect(seen.slice(before).filter((subject) => subject === reply)).toHaveLength(own);
  });

  test('the stream holds every event, no answer has become one, and no job was begun', async () => {
    const { state } = await system.manager.streams.info('TOKENS');
    expect(state).toMatchObject({ messages: TOKENS, last_seq: TOKENS });
    expect((await natsRequest(operator, 'tokens.rebuild.status', '')).json()).toEqual({ job: null });
  });

  test('a request without a reply subject is not carried out', async () => {
    for (const body of ['', '{}', '{"acceptDifferences":true}']) operator.publish('tokens.rebuild', body);
    await operator.flush();
    await answered();
    expect((await natsRequest(operator, 'tokens.rebuild.status', '')).json()).toEqual({ job: null });
  });

  test.each(['projector', 'query'] as const)('what was dropped is counted by the %s, and fills no log', async (app) => {
    const dropped = await eventually('the count', async () => {
      const metrics = await system[app].metrics();
      return metrics.get('nats_requests_dropped_total{reason="protected"}');
    });
    expect(dropped).toBeGreaterThan(0);
    const lines = system[app].logsWith('answers go to inboxes only');
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThan(HOSTILE.length);
  });
});

import type { NatsConnection } from '@nats-io/transport-node';
import { aTokenEvent } from '../support/builders.js';
import { natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { attackedSystem, fill, type AttackedSystem } from './attacked-system.js';

const TOKENS = 3;
/** What the server's word that an event is stored, or its answer to a question about the stream, could do there. */
const HOSTILE = [
  '$JS.API.STREAM.PURGE.TOKENS',
  '$JS.API.STREAM.MSG.DELETE.TOKENS',
  '$JS.API.STREAM.DELETE.TOKENS',
  '$JS.API.STREAM.UPDATE.TOKENS',
  'tokens.rebuild',
  'tokens.rebuild.cancel',
  'tokens.verify',
  'tokens.list',
  'tokens.events.x',
];

/** No permission applies to what the server itself publishes to the reply subject of a message. */
describe('a server that answers where a publisher or an operator says', () => {
  let system: AttackedSystem;
  let operator: NatsConnection;

  beforeAll(async () => {
    system = await attackedSystem(true);
    await fill(system, TOKENS);
    // What docs/operations.md says to do on servers before 2.12.
    await system.manager.streams.update('TOKENS', { deny_purge: true, deny_delete: true });
    operator = await system.connect('operator');
  });

  test('removes no event, begins no job and changes no token', async () => {
    const service = await system.connect('token-service');
    for (const [i, reply] of HOSTILE.entries()) {
      service.publish('tokens.events.a', JSON.stringify(aTokenEvent('token.created', { id: TOKENS + 1 + i })), {
        reply,
      });
      for (const connection of [service, operator])
        for (const api of ['$JS.API.INFO', '$JS.API.STREAM.INFO.TOKENS']) connection.publish(api, '', { reply });
    }
    await service.flush();
    await operator.flush();
    const { state: sent } = await system.manager.streams.info('TOKENS', { subjects_filter: 'tokens.events.a' });
    // Newer servers do not even store an event whose reply subject is one of the API.
    const stored = sent.subjects!['tokens.events.a']!;
    expect([HOSTILE.length, HOSTILE.filter((reply) => !reply.startsWith('$JS')).length]).toContain(stored);
    const all = TOKENS + stored;
    const caller = await system.connect('caller');
    await eventually('the events in the list', async () => {
      return (await natsRequest(caller, 'tokens.list', '')).json<{ count: number }>().count === all;
    });
    expect((await natsRequest(operator, 'tokens.rebuild.status', '')).json()).toEqual({ job: null });
    const { state, config } = await system.manager.streams.info('TOKENS');
    expect(state.messages).toBe(state.last_seq);
    expect(config.subjects).toEqual(['tokens.events.>']);
    // Of the answers that became messages: the word that one was stored says no type, the others one that nobody here knows.
    const metrics = await system.projector.metrics();
    expect(metrics.get('projector_events_total{type="unknown",outcome="skipped"}')).toBe(4);
    expect(metrics.get('projector_dead_letters')).toBeLessThanOrEqual(1);
  });
});

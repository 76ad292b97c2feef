import { expectNatsError } from '../query/service-error.js';
import { atEnd } from '../support/at-end.js';
import { natsRequest } from '../support/clients.js';
import { createDatabase } from '../support/database.js';
import { startQuery } from '../support/processes.js';
import { startNats } from '../support/servers/nats.js';
import { createStream, type TestStream } from '../support/stream.js';

const MAX_PAYLOAD = 700;

describe('on a server that carries small messages only', () => {
  let stream: TestStream;

  beforeAll(async () => {
    const server = await startNats({ config: `max_payload: ${MAX_PAYLOAD}` });
    atEnd('stopping nats-server', () => server.stop());
    const database = await createDatabase();
    stream = await createStream({ server, create: false });
    await startQuery({ ...database.env, ...stream.env });
  });

  const ask = (body: object) => natsRequest(stream.nats, `${stream.prefix}.list`, body);
  const manyWrong = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`${'n'.repeat(20)}${i}`, 1]));

  test('an error that would be longer is told in short', async () => {
    const answer = ask(manyWrong);
    await expect(answer).resolves.toBeDefined();
    expect(expectNatsError(await answer, 400)).toMatch(/^n+0 is no parameter.*\.\.\.$/);
    const nest = await ask({ pattern: 'x', id: 'a1', data: manyWrong });
    expect(nest.json()).toMatchObject({ err: { statusCode: 400 }, id: 'a1' });
  });

  test('a discovery that cannot be answered does not keep the app from answering others', async () => {
    await ask(manyWrong);
    // Nothing waits for it: whether it fits depends on what it has to say.
    stream.nats.publish('$SRV.STATS.tokens', '', { reply: '_INBOX.nobody' });
    await expect(ask({ limit: 1 })).resolves.toMatchObject({ status: 200, body: '{"data":[],"count":0}' });
  });
});

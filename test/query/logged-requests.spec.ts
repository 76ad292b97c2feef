import { createDatabase } from '../support/database.js';
import { httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { createStream } from '../support/stream.js';

const UID = 'A7E942F1C8D036B5A429';

test('a uid in the place of another value is in no line of the log, on no level', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const query = await startQuery({ ...database.env, ...stream.env, LOG_LEVEL: 'debug' });
  const ask = (path: string) => httpRequest(`${query.url}/v2/tokens${path}`);
  const replies = [
    await ask(`/${UID}`),
    await ask(`?type=${UID}`),
    await natsRequest(stream.nats, `${stream.prefix}.get`, { id: UID }),
    await natsRequest(stream.nats, `${stream.prefix}.list`, { customerId: UID, sortBy: UID }),
  ];
  for (const reply of replies) {
    expect(reply.status).toBe(400);
    expect(reply.body).toContain(UID);
  }
  await eventually(
    'the requests to be logged',
    () => query.logsWith('the request is wrong in').length >= replies.length,
  );
  expect(query.logsWith('the request is wrong in customerId, sortBy')).not.toEqual([]);
  expect(query.output).not.toContain(UID);
});

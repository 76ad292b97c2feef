import { ProgressInbox } from '../../apps/tokenctl/src/jobs/progress-inbox.js';
import { createStream } from '../support/stream.js';

test('what is no progress is passed over by who follows a job, and the connection goes on', async () => {
  const { nats, prefix } = await createStream({ create: false });
  const inbox = new ProgressInbox(nats, prefix);
  for (const text of ['', 'no JSON', 'null', '{"kind":"rebuild","generation":2}'])
    nats.publish(`${prefix}.rebuild.progress`, text);
  expect(await inbox.next(5_000)).toMatchObject({ kind: 'rebuild', generation: 2 });
  inbox.close();
});

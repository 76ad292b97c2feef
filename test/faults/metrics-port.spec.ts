import { freePort } from '../support/free-port.js';
import { createDatabase } from '../support/database.js';
import { startProjector, startQuery } from '../support/processes.js';
import { createStream } from '../support/stream.js';

test('metrics move to a port of their own where one is set, and everything else stays', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const env = { ...database.env, ...stream.env };
  const ports = [await freePort(), await freePort()] as const;
  const [query, projector] = await Promise.all([
    startQuery({ ...env, METRICS_PORT: String(ports[0]) }),
    startProjector({ ...env, PROJECTOR_METRICS_PORT: String(ports[1]) }),
  ]);
  for (const [app, port, figure] of [
    [query, ports[0], 'query_answer_bytes'],
    [projector, ports[1], 'projector_position'],
  ] as const) {
    expect((await fetch(`${app.url}/metrics`)).status).toBe(404);
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(200);
    const metrics = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect([metrics.status, await metrics.text()]).toEqual([200, expect.stringContaining(figure)]);
    expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(404);
  }
});

test('the projector says what there is where somebody looks for the API at it', async () => {
  const [database, stream] = await Promise.all([createDatabase(), createStream()]);
  const projector = await startProjector({ ...database.env, ...stream.env });
  const { message } = (await (await fetch(`${projector.url}/docs`)).json()) as { message: string };
  expect(message).toBe(
    'There is nothing at GET /docs; there is only /health/live, /health/ready, /health/ready/nats, /metrics.',
  );
});

import { createInbox, headers as natsHeaders } from '@nats-io/transport-node';
import { startWorld, type World } from '../query/world.js';
import { eventually } from '../support/eventually.js';
import type { AppProcess } from '../support/app-process.js';
import { startQuery } from '../support/processes.js';
import { TOKENS } from './tokens.js';

const REQUESTS = 400;

describe('two instances of the query app', () => {
  let world: World;
  let other: AppProcess;

  beforeAll(async () => {
    world = await startWorld(TOKENS, { LOG_LEVEL: 'debug' });
    other = await startQuery(world.env);
  });

  /** Asks without waiting. @returns how often each request was answered so far, by its id */
  const flood = (name: string): Map<string, number> => {
    const { nats, prefix } = world.stream;
    const answers = new Map<string, number>();
    const inbox = createInbox();
    nats.subscribe(inbox, {
      callback: (_, message) => {
        const id = message.headers?.get('X-Request-Id') ?? '';
        answers.set(id, (answers.get(id) ?? 0) + 1);
      },
    });
    for (let i = 0; i < REQUESTS; i += 1) {
      const headers = natsHeaders();
      headers.set('X-Request-Id', `${name}-${i}`);
      // A wrong request is logged with its id on the level debug, which tells who answered it.
      nats.publish(`${prefix}.list`, '{"limit":0}', { reply: inbox, headers });
    }
    return answers;
  };
  const answeredBy = (app: AppProcess, name: string) =>
    new Set(app.logs.map((line) => String(line['requestId'])).filter((id) => id.startsWith(`${name}-`))).size;

  test('answer every request once, and share them', async () => {
    const answers = flood('both');
    await eventually('every answer', () => answers.size === REQUESTS);
    // Whatever was sent twice would have arrived with what is asked now.
    await world.doors.nats('');
    expect(Math.max(...answers.values())).toBe(1);
    const shares = () => [answeredBy(world.query, 'both'), answeredBy(other, 'both')];
    await eventually('the logs to be complete', () => shares()[0]! + shares()[1]! === REQUESTS);
    // The server draws lots: less than a fifth for one of them does not happen by chance.
    expect(Math.min(...shares())).toBeGreaterThan(REQUESTS / 5);
  });

  test('lose no request when one of them is stopped in the middle', async () => {
    const answers = flood('stop');
    const stopped = other.stop();
    await eventually('every answer', () => answers.size === REQUESTS);
    await stopped;
    expect(Math.max(...answers.values())).toBe(1);
    expect((await world.doors.list()).json()).toMatchObject({ count: 3 });
  });
});

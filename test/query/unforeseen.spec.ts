import { eventually } from '../support/eventually.js';
import { aTokenEvent } from '../support/builders.js';
import { expectError, expectNatsError } from './service-error.js';
import { startWorld, type World } from './world.js';

/** What a caller must never read: SQL and its codes, names of tables and columns, files, stacks, addresses. */
const INSIDE =
  /select|from |column|relation|token_\d|document|generation|sql|postgres|42\d\d\d|\.[jt]s\b|\bat \w|node_modules|127\.0\.0\.1|stack/i;

describe('something unforeseen', () => {
  let world: World;

  beforeAll(async () => {
    world = await startWorld([aTokenEvent('token.created', { id: 5 })]);
    // Nobody foresees that the column of the documents has another name.
    await world.database.query('alter table token_1 rename column document to gone');
  });

  test.each([{}, { customerId: 1 }, { search: 'DK' }, { sortBy: 'updatedAt' }, { validFrom: '2025-06-03T12:00:00Z' }])(
    'in the list of %j is a 500 on both doors that says nothing of the inside',
    async (values) => {
      const reply = await world.doors.list(values);
      expectError(reply, 500);
      expect(reply.body).not.toMatch(INSIDE);
      expectNatsError(await world.doors.nats(values), 500);
    },
  );

  test('in a single token is the same', async () => {
    const reply = await world.doors.get(5);
    expectError(reply, 500);
    expect(reply.body).not.toMatch(INSIDE);
    expectNatsError(await world.doors.nats({ id: 5 }, 'get'), 500);
  });

  test('is logged with its cause under the id that the caller was told', async () => {
    const { requestId } = (await world.doors.http('')).json<{ requestId: string }>();
    const line = await eventually('its line in the log', () =>
      world.query.logs.find((each) => each['requestId'] === requestId),
    );
    expect(line.level).toBe(50);
    expect(JSON.stringify(line['err'])).toContain('column');
  });

  test('is over as soon as its cause is', async () => {
    await world.database.query('alter table token_1 rename column gone to document');
    expect((await world.doors.list()).json()).toMatchObject({ count: 1 });
  });
});

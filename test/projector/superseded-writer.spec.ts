import { LeaseLost } from '#projection/store/lease.js';
import { PositionMoved } from '#projection/store/position.js';
import { aTokenEvent } from '../support/builders.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { ReadModelUnderTest, streamMessage } from './read-model-under-test.js';

const message = (sequence: number) =>
  streamMessage(Buffer.from(JSON.stringify(aTokenEvent('token.created', { id: sequence }))), sequence);

/** Two protections, each shown without the help of the other: the lease's epoch, and the compare-and-set of the position. */
describe('a writer that has been superseded', () => {
  let database: TestDatabase;
  const open: ReadModelUnderTest[] = [];

  beforeEach(async () => {
    database = await createDatabase();
  });
  afterEach(async () => {
    for (const model of open.splice(0)) await model.close();
  });

  async function openModel(): Promise<ReadModelUnderTest> {
    const model = await ReadModelUnderTest.open(database.url);
    open.push(model);
    return model;
  }

  test('commits nothing once another has taken the lease, even where that one has written nothing yet', async () => {
    const old = await openModel();
    await old.reset();
    await old.deliver([message(1)]);
    const successor = await openModel();
    await expect(old.deliver([message(2)])).rejects.toThrow(LeaseLost);
    expect(successor.sequence).toBe(1);
    expect((await successor.list({})).count).toBe(1);
    await successor.deliver([message(2)]);
    expect((await successor.list({})).count).toBe(2);
  });

  test('commits nothing from an old position, even where its lease is good', async () => {
    const model = await openModel();
    await model.reset();
    const outOfDate = model.withOldPosition();
    await model.deliver([message(1), message(2)]);
    const before = await model.everything();
    await expect(outOfDate.deliver([message(1), message(2), message(3)])).rejects.toThrow(PositionMoved);
    expect(await model.everything()).toEqual(before);
    expect(model.sequence).toBe(2);
  });
});

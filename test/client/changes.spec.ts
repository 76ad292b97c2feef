import { GoneError, type ChangesPage, type ChangesParameters } from '../../libs/client/src/index.js';
import { startQuery } from '../support/processes.js';
import { anErasure, aTokenEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { signToken } from '../support/jwt.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import type { AppProcess } from '../support/app-process.js';
import { callerAt, DOORS, type Caller } from './callers.js';

const TOKENS = 7;

let system: System;
let query: AppProcess;
let restart: () => Promise<AppProcess>;
let lastToken = TOKENS;

beforeAll(async () => {
  system = await startSystem({ HTTP_PORT: String(await freePort()) });
  query = system.query;
  restart = () => startQuery(system.env);
  const created = Array.from({ length: TOKENS }, (_, i) => aTokenEvent('token.created', { id: i + 1, customerId: 1 }));
  const position = await publish(system.stream, created);
  await callerAt('HTTP', { url: query.url, stream: system.stream }).client.waitFor(position);
});

const at = (door: (typeof DOORS)[number], token?: string): Caller =>
  callerAt(door, { url: query.url, stream: system.stream }, token === undefined ? {} : { token });
const createToken = () => publish(system.stream, aTokenEvent('token.created', { id: (lastToken += 1) }));
const idsOf = (pages: readonly ChangesPage[]) => pages.flatMap(({ data }) => data.map(({ id }) => id));

async function allOf({ client }: Caller, parameters: ChangesParameters = {}): Promise<ChangesPage[]> {
  const pages: ChangesPage[] = [];
  for await (const page of client.changes({ wait: 0, ...parameters })) pages.push(page);
  return pages;
}

/** Follows the changes from their end. */
async function follow(caller: Caller, wait: number) {
  const { after } = (await allOf(caller)).at(-1)!;
  const stop = new AbortController();
  const before = caller.sentAt.length;
  const pages: ChangesPage[] = [];
  const ended = (async () => {
    for await (const page of caller.client.changes({ after, wait }, { signal: stop.signal })) pages.push(page);
  })().catch((error: unknown) => error);
  await eventually('the request to be sent', () => caller.sentAt.length > before);
  return { pages, ended, stop: (reason: Error) => stop.abort(reason), requests: () => caller.sentAt.length - before };
}

describe.each(DOORS)('a follower of the changes over %s', (door) => {
  test('reads all of them page by page, and goes on after any page', async () => {
    const pages = await allOf(at(door), { limit: 3 });
    expect(idsOf(pages)).toEqual(Array.from({ length: lastToken }, (_, i) => i + 1));
    expect(pages.at(-1)).toMatchObject({ data: [], stale: undefined });
    expect(pages.at(-1)!.position).toBeGreaterThanOrEqual(lastToken);
    expect(idsOf(await allOf(at(door), { after: pages[0]!.after, limit: 1_000 }))).toEqual(idsOf(pages.slice(1)));
  });

  test.each([undefined, null])('begins at the beginning where it has stored %p', async (after) => {
    expect(idsOf(await allOf(at(door), { after }))[0]).toBe(1);
  });

  test('hears of a change as soon as it is there, by one request', async () => {
    const { pages, ended, stop, requests } = await follow(at(door), 25);
    const position = await createToken();
    const startedAt = performance.now();
    await eventually('the change to come', () => pages.length === 1);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(pages[0]!.data).toMatchObject([{ position, id: lastToken, change: 'changed', token: { id: lastToken } }]);
    await eventually('the next request to be sent', () => requests() === 2);
    const reason = new Error('enough');
    stop(reason);
    expect(await ended).toBe(reason);
  });

  test('gets an empty page while nothing happens, and goes on', async () => {
    const { pages, ended, stop } = await follow(at(door), 1);
    await eventually('an empty page', () => pages.length === 1);
    expect(pages[0]!.data).toEqual([]);
    await publish(system.stream, anErasure({ id: lastToken, version: 2 }));
    const erased = () => pages.flatMap(({ data }) => data).find(({ change }) => change === 'erased');
    expect(await eventually('the erasure to come', erased)).toMatchObject({ id: lastToken, token: null });
    stop(new Error('enough'));
    await ended;
  });

  test('is told to begin again where it cannot go on', async () => {
    const { after } = (await allOf(at(door))).at(-1)!;
    const ofOneCustomer = at(door, await signToken({ customerIds: [1] }));
    const gone = await allOf(ofOneCustomer, { after }).catch((error: unknown) => error);
    expect(gone).toBeInstanceOf(GoneError);
    expect(gone).toMatchObject({ status: 410, message: expect.stringContaining('begin again without it') as string });
    expect(ofOneCustomer.sentAt).toHaveLength(1);
    // As after the database was created again.
    const unknown = await allOf(at(door), { after: 'unknown' }).catch((error: unknown) => error);
    expect(unknown).toBeInstanceOf(GoneError);
    expect(unknown).toMatchObject({ status: 400 });
  });
});

test('followers over both doors go on when the instance that they wait at is replaced', async () => {
  const followers = await Promise.all(DOORS.map((door) => follow(at(door), 25)));
  await query.stop();
  const position = await createToken();
  query = await restart();
  for (const { pages, ended, stop } of followers) {
    const seen = () => pages.flatMap(({ data }) => data).some((change) => change.position === position);
    await eventually('the change to come', seen);
    stop(new Error('enough'));
    await ended;
  }
});

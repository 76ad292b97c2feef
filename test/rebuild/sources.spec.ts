import { jetstreamManager } from '@nats-io/jetstream';
import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { aGroupDeletion, aMembershipEvent, anErasure, aTokenEvent, type CloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish, publishRaw } from '../support/publish.js';
import { createStream } from '../support/stream.js';
import { startSystem, type System } from '../support/system.js';
import { Rebuilds } from './rebuilds.js';

const TOKENS = 50;
const VERSIONS = 20;

/** Many versions of every token, in turns; memberships; a token that is erased and comes back, one that stays away. */
function history(): CloudEvent[] {
  const states = Array.from({ length: TOKENS * VERSIONS }, (_, i) =>
    aTokenEvent('token.updated', { id: 1 + (i % TOKENS), version: 1 + Math.floor(i / TOKENS), comment: `step ${i}` }),
  );
  return [
    ...states,
    aMembershipEvent('token-group.tokens-added', { tokenIds: [1, 2, 3], version: 1 }),
    aMembershipEvent('token-group.tokens-removed', { tokenIds: [2], version: 2 }),
    aMembershipEvent('token-group.tokens-added', { tokenGroupId: 2, tokenIds: [3], version: 1 }),
    aGroupDeletion({ tokenGroupId: 2, version: 2 }),
    anErasure({ id: 5, version: VERSIONS + 1 }),
    aTokenEvent('token.created', { id: 5, version: VERSIONS + 2 }),
    anErasure({ id: 6, version: VERSIONS + 1 }),
  ];
}

describe('a rebuild', () => {
  let system: System;
  let rebuilds: Rebuilds;

  beforeEach(async () => {
    system = await startSystem();
    rebuilds = new Rebuilds(system);
  });

  const applied = async (sequence: Promise<number>) => waitForPosition(system.query.url, await sequence);
  const readBy = async (generation: number) => {
    const [row] = await system.database.query<{ stream: string; position: string }>(
      'select stream, position from generation where number = $1',
      [generation],
    );
    return { stream: row!.stream, position: Number(row!.position) };
  };

  test('from the last message of every subject gives the same, and goes on from there', async () => {
    await applied(publish(system.stream, history()));
    expect(await rebuilds.carryOut({ lastPerSubject: true })).toMatchObject({ state: 'done', differences: 0 });
    await publish(system.stream, aTokenEvent('token.updated', { id: 1, version: VERSIONS + 1, comment: 'later' }));
    await expectReadModelOfStream(system);
  });

  test('from the last message of every subject is refused where group steps share a subject', async () => {
    const step = (version: number) =>
      JSON.stringify(aMembershipEvent('token-group.tokens-added', { tokenIds: [version], version }));
    await publish(system.stream, history());
    for (const version of [3, 4]) await applied(publishRaw(system.stream, step(version), { subject: 'token-group.1' }));
    const end = await rebuilds.carryOut({ lastPerSubject: true });
    expect(end).toMatchObject({ state: 'failed' });
    expect(end.message).toMatch(
      /token-group\.1 is a token-group\.tokens-added whose subject does not name the group 1/,
    );
    expect(await rebuilds.generations()).toEqual({ 1: 'live' });
  });

  test('reads an archive first where the stream no longer holds everything', async () => {
    const archive = await createStream();
    await publish(archive, history());
    await applied(publish(system.stream, history()));
    const before = (await httpList(system.query.url)).body;
    const manager = await jetstreamManager(system.stream.nats);
    await manager.streams.purge(system.stream.name, { seq: TOKENS * VERSIONS - 20 });

    expect(await rebuilds.carryOut()).toMatchObject({ state: 'failed', differences: expect.any(Number) as number });
    const { generation, ...end } = await rebuilds.carryOut({ stream: archive.name });
    expect(end).toMatchObject({ state: 'done', differences: 0, stream: archive.name });
    expect((await httpList(system.query.url)).body).toBe(before);
    expect(await readBy(generation)).toEqual({ stream: system.stream.name, position: history().length });
    await applied(publish(system.stream, aTokenEvent('token.created', { id: 9_999 })));
    expect((await httpList(system.query.url, { search: '9999' })).json()).toMatchObject({ count: 1 });
  });

  test('of a stream that no longer holds everything is no ground for a repair; with an archive it is', async () => {
    const archive = await createStream();
    await publish(archive, history());
    await applied(publish(system.stream, history()));
    const before = (await httpList(system.query.url)).body;
    const manager = await jetstreamManager(system.stream.nats);
    await manager.streams.purge(system.stream.name);
    const verify = (body: object) => rebuilds.carryOut(body, 'verify');
    expect((await verify({})).message).toMatch(
      /differences at position \d+; 55 rows have no event among those that were read .*; the stream \w+ no longer holds \d+ of its messages, and rows that they made look like differences/,
    );
    expect(await verify({ repair: true })).toMatchObject({
      state: 'failed',
      message: expect.stringMatching(/differences .* are not repaired: .* name an archive .*--stream/) as string,
    });
    expect((await httpList(system.query.url)).body).toBe(before);

    await system.database.query(`update token_1 set document = replace(document, 'DK.SPI', 'DK.XXX') where id = 7`);
    expect((await httpList(system.query.url)).body).not.toBe(before);
    expect(await verify({ repair: true, stream: archive.name })).toMatchObject({ state: 'done', differences: 1 });
    expect((await httpList(system.query.url)).body).toBe(before);
  });

  describe('a repair from an archive', () => {
    const verify = (body: object) => rebuilds.carryOut({ repair: true, ...body }, 'verify');
    const list = async () => {
      const { data, count } = (await httpList(system.query.url)).json<{
        data: { id: number; identifier: { label: string } }[];
        count: number;
      }>();
      return { tokens: data.map(({ id, identifier }) => `${id} ${identifier.label}`).join(', '), count };
    };
    const tokens = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => aTokenEvent('token.created', { id: from + i }));

    beforeEach(async () => {
      await applied(
        publish(system.stream, [...tokens(1, 50), aMembershipEvent('token-group.tokens-added', { tokenIds: [9] })]),
      );
      await (await jetstreamManager(system.stream.nats)).streams.purge(system.stream.name);
    });

    test('of other events changes nothing', async () => {
      const before = await list();
      const unrelated = await createStream();
      await publish(unrelated, tokens(1_001, 1_050));
      const end = await verify({ stream: unrelated.name });
      expect(await list()).toEqual(before);
      expect(end.state).toBe('failed');
      expect(end.message).toMatch(/has 50 facts about .*; 50 are missing or different .* nothing was changed/);
    });

    test('that does not tell of every row mends the others, and removes the rest only when told how many they are', async () => {
      const archive = await createStream();
      await publish(archive, tokens(1, 48));
      await system.database.query(
        `update token_1 set document = replace(document, 'DK.SPI', 'DK.XXX') where id in (7, 9)`,
      );
      const broken = await list();
      const end = await verify({ stream: archive.name });
      expect(end).toMatchObject({ state: 'done', untold: 3 });
      // The membership of token 9 is not told of, so token 9 stays as it is, too.
      expect(end.message).toMatch(
        /^repaired 1 difference; 3 rows have no event among those that were read \(.*token 49.*\)/,
      );
      expect(end.message).toContain(`tokenctl verify --repair --stream ${archive.name} --remove-untold 3`);
      const mended = await list();
      expect(broken.tokens.match(/DK\.XXX/g)).toHaveLength(2);
      expect(mended.tokens.match(/DK\.XXX/g)).toHaveLength(1);

      const wrong = await verify({ stream: archive.name, removeUntold: 2 });
      expect(wrong).toMatchObject({
        state: 'failed',
        message: expect.stringMatching(/3 rows .* not 2.*this attempt changed nothing/) as string,
      });
      expect(await list()).toEqual(mended);
      expect(await verify({ stream: archive.name, removeUntold: 3 })).toMatchObject({ state: 'done', untold: 0 });
      const { tokens: rest, count } = await list();
      expect(count).toBe(48);
      expect(rest).not.toContain('DK.XXX');
      expect(await verify({ stream: archive.name })).toMatchObject({ state: 'done', differences: 0 });
    });
  });

  test('wants an archive that is there and is another stream than its own', async () => {
    await expect(rebuilds.ask('rebuild', { stream: 'NOWHERE' })).rejects.toThrow('There is no stream NOWHERE');
    await expect(rebuilds.ask('rebuild', { stream: system.stream.name })).rejects.toThrow('own stream');
    await expect(rebuilds.ask('rebuild', { stream: 'a b' })).rejects.toThrow('stream must be the name');
    await expect(rebuilds.ask('rebuild', { stream: 'A', lastPerSubject: true })).rejects.toThrow('cannot be combined');
  });
});

import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Operator } from './operator.js';

interface Letter {
  readonly id: string;
  readonly sequence: number;
  readonly subject: string;
  readonly reason: string;
  readonly resolution: string | null;
}

interface List {
  readonly data: readonly Letter[];
  readonly count: number;
}

interface Shown {
  readonly headers: readonly [string, string[]][];
  readonly payload: { readonly kind: string; readonly text: string | null } | null;
}

const UID = 'A7E942F1C8D036B5A429';
const LABEL = 'DK.SPI.V03198';

/** Cannot be applied, for the sake of its data only. */
function poison(id: number, change: object = { expiresAt: 'never' }): CloudEvent {
  const event = aTokenEvent('token.created', { id, identifier: { uid: UID, label: LABEL } });
  return { ...event, data: { ...event.data, ...change } };
}

describe('tokenctl dead-letters', () => {
  let system: System;
  let operator: Operator;

  beforeAll(async () => {
    system = await startSystem();
    operator = new Operator(system.env);
  });

  beforeEach(async () => {
    await system.database.query('truncate dead_letter');
  });

  /** Parks what was published last. @returns the open letters, the first published first */
  async function parked(sequence: number): Promise<readonly Letter[]> {
    await waitForPosition(system.query.url, sequence);
    return [...(await operator.json<List>(0, 'dead-letters', 'list')).data].reverse();
  }

  /** Stands for a projector that has learnt to read it. */
  async function mend(letter: Letter, event: CloudEvent): Promise<void> {
    const payload = Buffer.from(JSON.stringify(event));
    await system.database.query('update dead_letter set payload = $2 where id = $1', [letter.id, payload]);
  }

  const listed = async (...args: string[]) => {
    const { data, count } = await operator.json<List>(0, 'dead-letters', 'list', ...args);
    return { sequences: data.map(({ sequence }) => sequence), count };
  };

  describe('list', () => {
    test('says that there are none', async () => {
      expect((await operator.run(0, 'dead-letters', 'list')).stdout).toBe('There are no open dead letters.\n');
    });

    test('names the streams if the letters are of several', async () => {
      await parked(await publish(system.stream, poison(1)));
      await system.database.query(
        `insert into dead_letter overriding system value select (jsonb_populate_record(d, '{"id": 1000000, "stream": "ARCHIVE"}')).* from dead_letter d`,
      );
      const { stdout } = await operator.run(0, 'dead-letters', 'list');
      expect(stdout).toMatch(/^ *id +stream +sequence/);
      expect(stdout).toMatch(/ARCHIVE +1 /);
    });

    test('shows the latest first, with subject and reason but no contents', async () => {
      const first = await publish(system.stream, poison(1));
      const second = await publishRaw(system.stream, 'no event \x1b[31m', { subject: 'odd' });
      const letters = await parked(second);
      expect(letters).toMatchObject([
        { sequence: first, subject: `${system.stream.prefix}.events.token.1`, resolution: null },
        { sequence: second, subject: `${system.stream.prefix}.events.odd`, resolution: null },
      ]);
      const { stdout } = await operator.run(0, 'dead-letters', 'list');
      expect(stdout).toMatch(/^ *id +sequence +first seen +subject +reason\n/);
      expect(stdout).toContain('data.expiresAt');
      expect(stdout.indexOf('.odd')).toBeLessThan(stdout.indexOf('.token.1'));
      expect(stdout).toContain('2 open dead letters.');
      expect(stdout).not.toContain(UID);
    });

    test('takes filters by reason, subject and time, which must all hold, and a limit', async () => {
      const a = await publish(system.stream, poison(1));
      const b = await publish(system.stream, poison(2));
      const c = await publishRaw(system.stream, 'no event', { subject: 'odd' });
      await parked(c);
      await system.database.query(
        `update dead_letter set first_seen_at = now() - interval '3 hours' where sequence = $1`,
        [a],
      );

      expect(await listed()).toEqual({ sequences: [c, b, a], count: 3 });
      expect(await listed('--reason', 'EXPIRESAT')).toEqual({ sequences: [b, a], count: 2 });
      expect(await listed('--subject', '.ODD')).toEqual({ sequences: [c], count: 1 });
      expect(await listed('--since', '2h')).toEqual({ sequences: [c, b], count: 2 });
      expect(await listed('--since', '2h', '--reason', 'expiresAt')).toEqual({ sequences: [b], count: 1 });
      expect(await listed('--limit', '2')).toEqual({ sequences: [c, b], count: 3 });
      expect(await listed('--reason', '%')).toEqual({ sequences: [], count: 0 });
      const { stdout } = await operator.run(0, 'dead-letters', 'list', '--limit', '1');
      expect(stdout).toContain('1 of 3 open dead letters; --limit shows more.');
    });

    test('refuses a time or a limit that is none', async () => {
      expect((await operator.run(1, 'dead-letters', 'list', '--since', 'yesterday')).output).toMatch(
        /--since.*RFC 3339/,
      );
      expect((await operator.run(1, 'dead-letters', 'list', '--limit', '0')).output).toMatch(/--limit.*from 1/);
    });
  });

  describe('show', () => {
    test('masks uid and label unless told to reveal them', async () => {
      const [letter] = await parked(await publish(system.stream, poison(5)));
      const masked = (await operator.run(0, 'dead-letters', 'show', letter!.id)).stdout;
      expect(masked).toContain('"uid": "***29"');
      expect(masked).toContain('"label": "***98"');
      expect(masked).toContain('"expiresAt": "never"');
      expect(masked).not.toContain(UID);
      expect(masked).not.toContain(LABEL);
      const revealed = (await operator.run(0, 'dead-letters', 'show', letter!.id, '--reveal')).stdout;
      expect(revealed).toContain(`"uid": "${UID}"`);
      expect(revealed).toContain(`"label": "${LABEL}"`);
    });

    test('keeps back what is not JSON; revealed it is text, harmless to the terminal, or hexadecimal', async () => {
      const content = `\x1b[2Juid=04 A2 ${UID} 77`;
      await publishRaw(system.stream, content, { headers: { 'X-From': 'me' } });
      const bytes = Buffer.concat([Buffer.from(`{"uid":"${UID}"`), Buffer.from([0xff, 0x00])]);
      const [text, binary] = await parked(await publishRaw(system.stream, bytes));
      const { stdout } = await operator.run(0, 'dead-letters', 'show', text!.id);
      expect(stdout).toContain('Headers\nX-From: me\n');
      expect(stdout).toMatch(new RegExp(`Payload \\(${content.length} bytes, not JSON\\)\nNot shown.*--reveal`));
      expect(stdout).not.toMatch(/A7E9|A429|04 A2/);
      const kept = await operator.json<Shown>(0, 'dead-letters', 'show', binary!.id);
      expect(kept.payload).toEqual({ kind: 'hex', text: null });
      const revealed = (await operator.run(0, 'dead-letters', 'show', text!.id, '--reveal')).stdout;
      expect(revealed).toContain(`\\u001b[2Juid=04 A2 ${UID} 77`);
      const dump = await operator.json<Shown>(0, 'dead-letters', 'show', binary!.id, '--reveal');
      expect(dump.payload!.text).toMatch(/^00000000 {2}7b 22 75 69 64 22 3a 22 .*\{"uid":"A7E942F1\n/);
    });

    test('says that there is no such letter', async () => {
      expect((await operator.run(1, 'dead-letters', 'show', '987654')).output).toMatch(
        /no dead letter 987654.*list --all/,
      );
      expect((await operator.run(1, 'dead-letters', 'show', 'x')).output).toMatch(/number of a dead letter/);
    });
  });

  describe('replay', () => {
    test('applies what can be applied now, and its exit code says whether that was all', async () => {
      await publish(system.stream, poison(11));
      const [mended, still] = await parked(await publish(system.stream, poison(12)));
      await mend(mended!, poison(11, { expiresAt: null, comment: 'mended' }));

      const outcome = await operator.json(1, 'dead-letters', 'replay', mended!.id, still!.id, '999999');
      expect(outcome).toEqual({
        replayed: [mended!.id],
        refused: expect.arrayContaining([
          { id: still!.id, reason: expect.stringContaining('expiresAt') as string },
          { id: '999999', reason: 'there is no open dead letter with this id' },
        ]) as object[],
      });
      const { data } = (await httpList(system.query.url, { search: '11' })).json<{ data: { id: number }[] }>();
      expect(data).toMatchObject([{ id: 11, comment: 'mended' }]);
      expect(await listed()).toEqual({ sequences: [still!.sequence], count: 1 });

      await mend(still!, poison(12, { expiresAt: null }));
      expect((await operator.run(0, 'dead-letters', 'replay', still!.id)).stdout).toBe('Replayed 1 dead letter.\n');
      const all = await operator.json<List>(0, 'dead-letters', 'list', '--all');
      expect(all.data.map(({ resolution }) => resolution)).toEqual(['replayed', 'replayed']);
    });

    test('keeps the contents for a roll-back, for another replay, and until they are discarded', async () => {
      const [letter] = await parked(await publish(system.stream, poison(14)));
      await mend(letter!, poison(14, { expiresAt: null }));
      for (let i = 0; i < 2; i += 1)
        expect(await operator.json(0, 'dead-letters', 'replay', letter!.id)).toMatchObject({ replayed: [letter!.id] });
      const shown = (await operator.run(0, 'dead-letters', 'show', letter!.id)).stdout;
      expect(shown).toMatch(/replayed +20.*Payload \(\d+ bytes, JSON\)/s);
      expect(shown).not.toContain(UID);
      expect((await operator.run(0, 'dead-letters', 'discard', letter!.id, '--yes')).stdout).toBe(
        'Discarded 1 dead letter.\n',
      );
      expect(await operator.json<Shown>(0, 'dead-letters', 'show', letter!.id)).toMatchObject({
        resolution: 'replayed',
        payload: null,
        headers: [],
      });
      expect(await operator.json(1, 'dead-letters', 'replay', letter!.id)).toMatchObject({ replayed: [] });
    });

    test('replay by version: a letter that comes too late changes nothing', async () => {
      await publish(system.stream, poison(13));
      const [late] = await parked(await publish(system.stream, poison(13, { version: 2, expiresAt: 'never' })));
      const newer = aTokenEvent('token.updated', { id: 13, version: 3, customerId: 9, comment: 'the newest' });
      await waitForPosition(system.query.url, await publish(system.stream, newer));
      const before = (await httpList(system.query.url)).body;

      await mend(late!, poison(13, { version: 2, customerId: 8, expiresAt: null, comment: 'too late' }));
      expect(await operator.json(0, 'dead-letters', 'replay', late!.id)).toMatchObject({ replayed: [late!.id] });
      expect((await httpList(system.query.url)).body).toBe(before);
      for (const [customerId, count] of Object.entries({ 8: 0, 9: 1 })) {
        const reply = await httpList(system.query.url, { customerId });
        expect(reply.json<{ count: number }>().count).toBe(count);
      }
    });

    test('takes --all beyond a thousand, in several requests', async () => {
      const created = poison(20, { expiresAt: null });
      await system.database.query(
        `insert into dead_letter (stream, stream_created, sequence, subject, headers, payload, reason)
        select 'S', 'C', n, 'tokens.events', '[]', $1, case when n > 1200 then 'odd' else 'expiresAt' end from generate_series(1, 2500) n`,
        [Buffer.from(JSON.stringify(created))],
      );
      const some = await operator.json<{ replayed: string[] }>(
        0,
        'dead-letters',
        'replay',
        '--all',
        '--reason',
        'expires',
      );
      expect(some.replayed).toHaveLength(1_200);
      expect((await operator.run(0, 'dead-letters', 'replay', '--all')).stdout).toBe('Replayed 1,300 dead letters.\n');
      expect((await operator.run(0, 'dead-letters', 'replay', '--all')).stdout).toBe('Replayed 0 dead letters.\n');
    });

    test('names the request that failed for a reason to report', async () => {
      await system.database.query('alter table dead_letter rename to dead_letter_away');
      try {
        const { output } = await operator.run(1, 'dead-letters', 'replay', '1');
        expect(output).toMatch(/quote the requestId.* \(requestId [\w-]+\)\n$/);
      } finally {
        await system.database.query('alter table dead_letter_away rename to dead_letter');
      }
    });

    test('wants to know which ones', async () => {
      expect((await operator.run(1, 'dead-letters', 'replay')).output).toMatch(/or --all/);
      expect((await operator.run(1, 'dead-letters', 'replay', '1', '--all')).output).toMatch(/not both/);
    });
  });

  describe('discard', () => {
    test('refuses without --yes where nobody can be asked', async () => {
      const [letter] = await parked(await publish(system.stream, poison(31)));
      expect((await operator.run(1, 'dead-letters', 'discard', letter!.id)).output).toMatch(
        /Discard 1 dead letter\?.*--yes/,
      );
      expect((await listed()).count).toBe(1);
    });

    test('removes the contents for good and leaves the mark', async () => {
      await publishRaw(system.stream, `{"uid":"${UID}"`, { headers: { 'X-Label': LABEL } });
      const [letter] = await parked(await publish(system.stream, poison(32)));
      expect((await operator.run(0, 'dead-letters', 'discard', letter!.id, '--yes')).stdout).toBe(
        'Discarded 1 dead letter.\n',
      );
      expect(await operator.json(1, 'dead-letters', 'discard', letter!.id, '--yes')).toEqual({
        discarded: [],
        refused: [{ id: letter!.id, reason: 'there is no dead letter with this id whose contents are still there' }],
      });
      const rows = await system.database.query(
        `select octet_length(payload) as size, headers, resolution, resolved_at is not null as has_time from dead_letter where id = $1`,
        [letter!.id],
      );
      expect(rows).toEqual([{ size: 0, headers: '[]', resolution: 'discarded', has_time: true }]);
      expect((await listed()).count).toBe(1);
      expect((await operator.run(0, 'dead-letters', 'show', letter!.id)).stdout).toMatch(/discarded +20.*\(removed\)/s);
    });

    test('takes --all, or what passes the filters', async () => {
      await publishRaw(system.stream, 'no event', { subject: 'odd' });
      await publish(system.stream, poison(33));
      await parked(await publish(system.stream, poison(34)));
      expect(await operator.json(0, 'dead-letters', 'discard', '--all', '--subject', 'odd', '--yes')).toMatchObject({
        discarded: [expect.any(String)],
      });
      expect((await operator.run(0, 'dead-letters', 'discard', '--all', '--yes')).stdout).toBe(
        'Discarded 2 dead letters.\n',
      );
      expect((await listed()).count).toBe(0);
    });
  });
});

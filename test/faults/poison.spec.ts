import { POISON } from '../oracle/poison.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, natsRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector } from '../support/processes.js';
import { publish, publishRaw } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import type { AppProcess } from '../support/app-process.js';
import { metric } from './health.js';
import { letLeaseRunOut } from './lease.js';

interface DeadLetter {
  readonly id: string;
  readonly sequence: string;
  readonly subject: string;
  readonly headers: string;
  readonly payload: Buffer;
  readonly reason: string;
}

const GOOD = 200;

describe('poison among good events', () => {
  let system: System;
  let projector: AppProcess;

  beforeEach(async () => {
    system = await startSystem();
    projector = system.projector;
  });

  /** Stops the projector meanwhile, so that everything comes in one batch. */
  const inOneBatch = async (publishing: () => Promise<void>) => {
    await projector.stop();
    await publishing();
    projector = await startProjector(system.env);
  };
  const letters = () =>
    system.database.query<DeadLetter>(
      'select id, sequence, subject, headers, payload, reason from dead_letter order by sequence, id',
    );
  /** Without the contents: Jest takes minutes to show how large ones differ. */
  const known = (parked: readonly DeadLetter[]) =>
    parked.map(({ id, sequence, payload, reason }) => ({ id, sequence, bytes: payload.length, reason }));
  const count = async () => (await httpList(system.query.url, { limit: 1 })).json<{ count: number }>().count;

  test('of every kind is parked once, with all that is known of it, and the others apply', async () => {
    const { stream, query, database } = system;
    const kinds = Object.entries(POISON);
    const sequences: number[] = [];
    await inOneBatch(async () => {
      for (const [index, [, { payload, headers }]] of kinds.entries()) {
        await publish(stream, aTokenEvent('token.created', { id: 1_000 + index }));
        const options = { subject: `poison.${index}`, ...(headers ? { headers } : {}) };
        sequences.push(await publishRaw(stream, payload, options));
      }
    });
    await waitForPosition(query.url, sequences.at(-1)!);

    const parked = await letters();
    expect(parked.map(({ sequence }) => Number(sequence))).toEqual(sequences);
    for (const [index, [, { payload, headers = {}, reason }]] of kinds.entries()) {
      const letter = parked[index]!;
      expect(letter.subject).toBe(`${stream.prefix}.events.poison.${index}`);
      expect(letter.payload.equals(Buffer.from(payload))).toBe(true);
      expect(letter.reason).toMatch(reason);
      const names = (JSON.parse(letter.headers) as [string, string[]][]).map(([name, [value]]) => [
        name.toLowerCase(),
        value,
      ]);
      expect(Object.fromEntries(names)).toEqual(headers);
    }
    expect(await count()).toBe(kinds.length);
    expect(projector.logsWith('parked')).toHaveLength(kinds.length);
    await eventually(
      'the dead letters to be counted',
      async () => (await metric(projector, 'projector_dead_letters')) === kinds.length,
    );

    // Delivered again from the start, as after a loss of the position, it is not parked again.
    projector.kill('SIGKILL');
    await projector.exited;
    await letLeaseRunOut(database);
    await database.query('update generation set position = 0, position_fingerprint = null');
    projector = await startProjector(system.env);
    await waitForPosition(query.url, sequences.at(-1)!);
    expect(known(await letters())).toEqual(known(parked));
    expect(await count()).toBe(kinds.length);
  });

  test('that only PostgreSQL refuses is found by halving the batch, and parked alone', async () => {
    const { stream, query, database } = system;
    await database.query(`
      alter table token_1 add constraint no_fifties check (id % 50 <> 0);
      create function no_sevens() returns trigger language plpgsql as
        $$ begin if new.id = 7 then raise exception 'not this one'; end if; return new; end $$;
      create trigger no_sevens before insert on token_1 for each row execute function no_sevens()`);
    await inOneBatch(async () => {
      const ids = Array.from({ length: GOOD }, (_, index) => index + 1);
      await publish(
        stream,
        ids.map((id) => aTokenEvent('token.created', { id })),
      );
    });
    await waitForPosition(query.url, GOOD);

    const parked = await letters();
    expect(parked.map(({ sequence }) => Number(sequence))).toEqual([7, 50, 100, 150, 200]);
    expect(parked[0]!.reason).toMatch(/PostgreSQL refused it: not this one/);
    expect(parked[1]!.reason).toMatch(/PostgreSQL refused it: .*no_fifties/);
    expect(await count()).toBe(GOOD - parked.length);
    expect(await metric(projector, 'projector_interruptions_total')).toBe(0);
    expect((await projector.metrics()).get('projector_events_total{type="unknown",outcome="parked"}')).toBe(
      parked.length,
    );

    // Replayed together while one of them is still refused, that one alone stays open.
    await database.query('alter table token_1 drop constraint no_fifties');
    const open = async () =>
      (
        await database.query<{ id: string; sequence: string }>(
          'select id, sequence from dead_letter where resolution is null order by sequence',
        )
      ).map(({ id, sequence }) => ({ id, sequence: Number(sequence) }));
    const [seventh, ...others] = await open();
    const ids = [...others, seventh!].map(({ id }) => id);
    const replayed = await natsRequest(stream.nats, `${stream.prefix}.dead-letters.replay`, { ids });
    expect(replayed.json()).toEqual({
      replayed: others.map(({ id }) => id),
      refused: [{ id: seventh!.id, reason: 'PostgreSQL refused it: not this one' }],
    });
    expect(await open()).toEqual([seventh]);
    expect(await count()).toBe(GOOD - 1);
  });
});

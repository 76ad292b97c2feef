import { jetstream, type JetStreamClient } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { SeedEvent } from '../../seed/seed-event.js';
import type { MixedUpdates } from '../events/mixed-updates.js';
import { progress } from '../measure/progress.js';
import type { PeerStream } from '../peer/peer-stream.js';
import type { FilledReadModel } from '../place/filled-read-model.js';
import type { ListWatch } from './list-watch.js';

export const LONE_EVENTS = 100;

/** Long enough for everything to become idle, and random so that it is not in step with any timer. */
const pause = () => sleep(30 + Math.random() * 70);

export interface LoneTimes {
  readonly ours: number[];
  readonly floor: number[];
  readonly peer: number[];
}

/** One event at a time: milliseconds from the acknowledgement of its publish until it is visible. */
export async function loneEvents(
  site: FilledReadModel,
  updates: MixedUpdates,
  watch: ListWatch,
  peer: PeerStream,
): Promise<LoneTimes> {
  const times: LoneTimes = { ours: [], floor: [], peer: [] };
  const client = new pg.Client({ connectionString: site.databaseUrl });
  await client.connect();
  await client.query('create table bench_floor (id integer primary key, comment text)');
  await client.query(`insert into bench_floor values (1, '')`);
  const stream = jetstream(site.nats);
  const shown = progress('lone events', LONE_EVENTS);
  for (let done = 1; done <= LONE_EVENTS; done += 1) {
    const marker = randomUUID();
    await pause();
    times.ours.push(await seenInTheList(stream, site.baseSubject, updates.one({ comment: marker }), watch, marker));
    await pause();
    times.peer.push(await seenInTheTable(stream, peer.baseSubject, updates.one({ comment: marker }), client, marker));
    await pause();
    times.floor.push(await committed(client, marker));
    shown.to(done);
  }
  shown.end();
  await client.end();
  return times;
}

async function seenInTheList(
  stream: JetStreamClient,
  baseSubject: string,
  event: SeedEvent,
  watch: ListWatch,
  marker: string,
): Promise<number> {
  const acknowledgedAt = await publish(stream, baseSubject, event);
  while (!(await watch.look()).body.includes(marker));
  return performance.now() - acknowledgedAt;
}

async function seenInTheTable(
  stream: JetStreamClient,
  baseSubject: string,
  event: SeedEvent,
  client: pg.Client,
  marker: string,
): Promise<number> {
  const { id } = event.event.data as { id: number };
  const acknowledgedAt = await publish(stream, baseSubject, event);
  for (;;) {
    const { rows } = await client.query<{ comment: string | null }>('select comment from peer_token where id = $1', [
      id,
    ]);
    if (rows[0]?.comment === marker) return performance.now() - acknowledgedAt;
  }
}

async function publish(stream: JetStreamClient, baseSubject: string, { subject, event }: SeedEvent): Promise<number> {
  await stream.publish(`${baseSubject}.${subject}`, JSON.stringify(event));
  return performance.now();
}

async function committed(client: pg.Client, marker: string): Promise<number> {
  const startedAt = performance.now();
  await client.query('update bench_floor set comment = $1', [marker]);
  await client.query('select comment from bench_floor where id = 1');
  return performance.now() - startedAt;
}

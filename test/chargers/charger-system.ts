import { migrate } from '#projection/store/migrate.js';
import type { Decoded } from '#projection/projection.js';
import { contentOf, headOf, type StoredMessage } from '../faults/stream-content.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import type { AppEnvironment } from '../support/app-environment.js';
import type { AppProcess } from '../support/app-process.js';
import { CHARGERS } from '../support/bundle.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, type StartOptions } from '../support/processes.js';
import { createStream, type TestStream } from '../support/stream.js';
import type { ChargerEvent } from './charger-events.js';
import { CHARGER_PROJECTION } from './charger-projection.js';
import { foldOf, readTables, type ChargerTables } from './charger-tables.js';

/** What `test/chargers/projector.process.ts` is bundled to before the tests. */
const SCRIPT = [`dist/bin/${CHARGERS}.js`];

/** A database in which nothing but chargers was ever projected. */
export function createChargerDatabase(): Promise<TestDatabase> {
  return createDatabase(undefined, (url) => migrate(url, CHARGER_PROJECTION));
}

/** Chargers that are projected from a stream. */
export class ChargerSystem {
  readonly env: AppEnvironment;
  readonly rebuilds: Rebuilds;

  /** @param stream its prefix is that of the requests to the chargers' projector */
  constructor(
    readonly database: TestDatabase,
    readonly stream: TestStream,
  ) {
    this.env = { ...database.env, ...stream.env, NATS_SUBJECT_PREFIX: stream.prefix };
    this.rebuilds = new Rebuilds(this);
  }

  static async create(): Promise<ChargerSystem> {
    return new ChargerSystem(...(await Promise.all([createChargerDatabase(), createStream()])));
  }

  startProjector(options: StartOptions = {}): Promise<AppProcess> {
    return startProjector(this.env, { ...options, script: SCRIPT });
  }

  /** Of this projection, by their numbers. */
  async generations(): Promise<Record<number, string>> {
    const rows = await this.database.query<{ number: number; state: string }>(
      `select number, state from generation where projection = 'chargers' order by number`,
    );
    return Object.fromEntries(rows.map(({ number, state }) => [number, state]));
  }

  async live(): Promise<{ readonly number: number; readonly position: number }> {
    const [row] = await this.database.query<{ number: number; position: string }>(
      `select number, position from generation where projection = 'chargers' and state = 'live'`,
    );
    return { number: row!.number, position: Number(row!.position) };
  }

  waitForPosition(sequence: number): Promise<unknown> {
    return eventually(`the chargers to reach ${sequence}`, async () => (await this.live()).position >= sequence);
  }

  async tables(): Promise<ChargerTables> {
    return readTables((text) => this.database.query(text), (await this.live()).number);
  }

  /** The tables are the plain fold of what the stream holds, and what cannot be applied is parked, all of it once. */
  async expectFoldOfStream(): Promise<void> {
    await this.waitForPosition(await headOf(this.stream));
    const content = (await contentOf(this.stream)).map((message) => ({ message, decoded: decoded(message) }));
    const events = content.flatMap((known) => (known.decoded.kind === 'event' ? [known.decoded.event] : []));
    expect(await this.tables()).toEqual(foldOf(events));
    const poison = content.filter((known) => known.decoded.kind === 'rejected');
    expect(await this.parked()).toEqual(poison.map(({ message }) => message.sequence));
  }

  /** Sequences of the chargers' dead letters. */
  async parked(): Promise<number[]> {
    const rows = await this.database.query<{ sequence: string }>(
      `select sequence from dead_letter where projection = 'chargers' order by sequence`,
    );
    return rows.map(({ sequence }) => Number(sequence));
  }
}

function decoded({ payload, headers }: StoredMessage): Decoded<ChargerEvent> {
  return CHARGER_PROJECTION.decode(payload, headers);
}

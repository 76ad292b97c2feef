import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import { tokensOf } from '../oracle/oracle.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { atEnd } from '../support/at-end.js';
import { createDatabase, type TestDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { signToken } from '../support/jwt.js';
import { OwnProcess } from '../support/own-process.js';
import { startProjector, startQuery } from '../support/processes.js';
import { startSystem } from '../support/system.js';
import { shortOrLong } from '../support/test-length.js';
import { domainEventsOf } from './expect-read-model.js';
import { holdLocks } from './hold-locks.js';
import { letLeaseRunOut } from './lease.js';
import { RandomEvents } from './random-events.js';
import { contentOf, headOf } from './stream-content.js';
import { Traffic } from './traffic.js';

const EVENTS_PER_SECOND = 200;
const ROUNDS = shortOrLong(1, 4);
/** Long enough for tokens to be erased that a mirror has. */
const ERASURES_WITHIN_MS = 700;
const SCOPES = [undefined, [1, 2, 3, 4, 5, 6, 7, 8], [3]];

interface Copy {
  readonly completeAt: number;
  readonly tokens: readonly TokenDocument[];
}

/** The program of docs/changes.md, with a database of its own. */
class RunningMirror {
  private process: OwnProcess | undefined;

  private constructor(
    private readonly database: TestDatabase,
    private readonly env: Readonly<Record<string, string>>,
    readonly customers: readonly number[] | undefined,
  ) {}

  static async start(url: string, customers: readonly number[] | undefined): Promise<RunningMirror> {
    const database = await createDatabase(undefined, () => Promise.resolve());
    const JWT = await signToken(customers ? { customerIds: customers } : {});
    const mirror = new RunningMirror(
      database,
      { API_URL: url, JWT, MIRROR_URL: database.url, WAIT_SECONDS: '1' },
      customers,
    );
    atEnd('ending a mirror', () => mirror.kill());
    mirror.run();
    return mirror;
  }

  run(): void {
    const env = { ...process.env, ...this.env };
    const script = ['--import', 'tsx', 'examples/mirror.ts'];
    this.process = new OwnProcess('mirror', process.execPath, script, { env, stopSignal: 'SIGKILL' });
  }

  async kill(): Promise<void> {
    this.process?.signal('SIGKILL');
    await this.process?.exited;
  }

  /** Between the beginning of a statement and its end, which it never sees. */
  async killWhileItWrites(): Promise<void> {
    const letGo = await holdLocks(this.database, 'lock table mirrored_token in exclusive mode');
    const writing = `from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    const isWriting = async () => (await this.database.query(`select ${writing}`)).length > 0;
    await eventually('a mirror to write', isWriting, { details: () => this.process!.output });
    await this.kill();
    await this.database.query(`select pg_terminate_backend(pid) ${writing}`);
    await letGo();
  }

  /** undefined: more changes are to come. */
  async copy(): Promise<Copy | undefined> {
    const [found] = await this.database.query<{ completeAt: string | null; tokens: TokenDocument[] }>(
      `select complete_at as "completeAt", array(select token from mirrored_token order by id) as tokens from mirror_state`,
    );
    if (!found || found.completeAt === null) return undefined;
    return { completeAt: Number(found.completeAt), tokens: found.tokens };
  }

  copyOf(position: number): Promise<Copy> {
    const look = async () => {
      const copy = await this.copy();
      return copy && copy.completeAt >= position && copy;
    };
    return eventually(`a mirror to reach ${position}`, look, { details: () => this.process!.output });
  }
}

describe('mirrors that are killed again and again', () => {
  test('are at every position that they call complete what the events say, whatever happens to the service', async () => {
    const system = await startSystem({ HTTP_PORT: String(await freePort()) });
    const { database, stream, env } = system;
    let { projector, query } = system;
    const rebuilds = new Rebuilds(system);
    const events = new RandomEvents(randomInt(1_000_000));
    const mirrors = await Promise.all(SCOPES.map((customers) => RunningMirror.start(query.url, customers)));
    for (const mirror of mirrors) await mirror.copyOf(0);
    const happenings: Readonly<Record<string, () => Promise<unknown>>> = {
      rebuild: () => rebuilds.carryOut(),
      'roll-back': () => rebuilds.carryOut({}, 'rebuild.rollback'),
      'SIGKILL of the query app': async () => {
        query.kill('SIGKILL');
        await query.exited;
        query = await startQuery(env);
      },
      'SIGKILL of the projector': async () => {
        projector.kill('SIGKILL');
        await projector.exited;
        await letLeaseRunOut(database);
        projector = await startProjector(env);
      },
    };
    const seen: (Copy & { readonly mirror: RunningMirror; readonly after: string })[] = [];
    for (let round = 0; round < ROUNDS; round += 1)
      for (const [index, [after, happens]] of Object.entries(happenings).entries()) {
        const traffic = new Traffic(stream, EVENTS_PER_SECOND, undefined, events);
        // The largest one during the roll-back: it learns of no erasure of before.
        const away = mirrors[(index + 2) % mirrors.length]!;
        await away.kill();
        await sleep(ERASURES_WITHIN_MS);
        const happening = happens();
        for (const mirror of mirrors)
          if (mirror !== away) {
            await mirror.killWhileItWrites();
            mirror.run();
          }
        await happening;
        away.run();
        await traffic.stop();
        const head = await headOf(stream);
        for (const mirror of mirrors) seen.push({ ...(await mirror.copyOf(head)), mirror, after });
      }
    const content = await contentOf(stream);
    for (const { completeAt, tokens, mirror, after } of seen) {
      const until = content.filter(({ sequence }) => sequence <= completeAt).flatMap(domainEventsOf);
      expect({ after, completeAt, tokens }).toEqual({ after, completeAt, tokens: shownTo(mirror.customers, until) });
    }
  }, 240_000);
});

function shownTo(customers: readonly number[] | undefined, events: readonly DomainEvent[]): TokenDocument[] {
  return tokensOf(events)
    .filter(({ customerId }) => !customers || customers.includes(customerId))
    .sort((a, b) => a.id - b.id);
}

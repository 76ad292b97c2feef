import type { AppEnvironment } from '../support/app-environment.js';
import type { AppProcess } from '../support/app-process.js';
import { atEnd, keepForFile } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, httpRequest, waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import type { OwnServer } from '../support/servers/server.js';
import { startStandby } from '../support/servers/postgres-standby.js';
import type { System } from '../support/system.js';
import { withClient } from '../support/with-client.js';
import type { ChangesAnswer } from '../query/mirror.js';
import { ready } from './health.js';
import { ownPostgres, startSystemOn } from './system-on.js';

const NOTICED = 'is in another database than before';

/** As pg_restore --clean makes it: the same rows in a new table. */
const DUMP_RESTORED = `begin;
  create table restored (like generation including all);
  insert into restored select * from generation;
  drop table generation cascade;
  alter table restored rename to generation;
  commit;
  select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;

describe('who follows the changes or keeps the tag of a list', () => {
  let postgres: OwnServer;
  let system: System;
  let projector: AppProcess;
  let query: AppProcess;

  beforeAll(async () => {
    postgres = await ownPostgres();
    system = await startSystemOn({ postgres });
    ({ projector, query } = system);
    await applied([1, 2, 3].map((id) => aTokenEvent('token.created', { id })));
  });

  let last: number;
  const applied = async (events: Parameters<typeof publish>[1]) => {
    last = await publish(system.stream, events);
    await waitForPosition(query.url, last);
  };

  const sql = (...statements: string[]) =>
    withClient(postgres.url, async (client) => {
      for (const statement of statements) await client.query(statement);
    });
  const restartProjector = async (settings: AppEnvironment = {}) => {
    await projector.stop();
    projector = await startProjector({ ...system.env, ...settings });
    keepForFile();
    await projecting(1);
  };
  /** Only the projector that leads looks at the database. */
  const projecting = (times: number) =>
    eventually('the projector to lead', () => projector.logs.filter(({ msg }) => msg === 'projecting').length >= times);

  const changes = (after: string, wait = 0) =>
    httpRequest(`${query.url}/v2/tokens/changes?wait=${wait}${after && `&after=${after}`}`);

  /** What a caller keeps who has everything: where to go on, and the tag of the list. */
  async function kept(): Promise<{ after: string; tag: string }> {
    const page = (await changes('')).json<ChangesAnswer>();
    return { after: page.after, tag: (await httpList(query.url)).headers.get('etag')! };
  }

  /** The answers to a caller who goes on with that. */
  async function statuses({ after, tag }: { after: string; tag: string }): Promise<[number, number]> {
    const list = await httpList(query.url, {}, { headers: { 'if-none-match': tag } });
    return [(await changes(after)).status, list.status];
  }

  const told = (caller: { after: string; tag: string }) =>
    eventually('the caller to be told', async () => {
      const found = await statuses(caller);
      return found[0] === 410 && found[1] === 200 ? true : Promise.reject(new Error(String(found)));
    });

  test('goes on after PostgreSQL and the projector were restarted', async () => {
    const caller = await kept();
    await postgres.kill('SIGINT');
    await postgres.restart();
    await projecting(2);
    await restartProjector();
    await ready(query);
    expect(await statuses(caller)).toEqual([200, 304]);
    expect(projector.logsWith(NOTICED)).toEqual([]);
  });

  const { name, url } = { name: () => system.database.name, url: () => system.database.url };
  test.each([
    [
      'an older copy of the database was put in its place',
      async () => {
        await eventually('a copy', () =>
          sql(
            `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name()}'`,
            `create database "${name()}_copy" template "${name()}"`,
          ).then(() => true),
        );
        await applied(aTokenEvent('token.created', { id: 4 }));
        const caller = await kept();
        await sql(`drop database "${name()}" with (force)`, `alter database "${name()}_copy" rename to "${name()}"`);
        return caller;
      },
    ],
    [
      'a dump was restored into the same database',
      async () => {
        const caller = await kept();
        await withClient(url(), (client) => client.query(DUMP_RESTORED));
        return caller;
      },
    ],
  ])('begins again after %s', async (_, restore) => {
    const before = projector.logsWith(NOTICED).length;
    await told(await restore());
    const line = await eventually('the projector to say so', () => projector.logsWith(NOTICED)[before]);
    expect(line).toMatchObject({ level: 40, msg: expect.stringContaining('410') as string });
    // What the copy lacks comes from the stream again, and changes the list once more.
    await waitForPosition(query.url, last);
    expect(await statuses(await kept())).toEqual([200, 304]);
  });

  test('begins again where a standby has taken over', async () => {
    const standby = await startStandby(postgres, {});
    atEnd('stopping the standby', () => standby.stop());
    await Promise.all([ready(projector), ready(query)]);
    const caller = await kept();
    await withClient(standby.url, (client) => client.query('select pg_promote()'));
    const promoted = Object.assign(new URL(standby.url), { pathname: new URL(url()).pathname }).href;
    const former = query;
    const env = { ...system.env, DATABASE_URL: promoted };
    const [other, reading] = await Promise.all([startProjector(env), startQuery(env)]);
    try {
      query = reading;
      await told(caller);
    } finally {
      query = former;
      await Promise.all([other.stop(), reading.stop()]);
    }
  });

  test('is not told by a server that does not say which database it is; the projector says so, and projects', async () => {
    await withClient(url(), (client) =>
      client.query(`create role limited; grant all on all tables in schema public to limited;
        revoke execute on function pg_control_system() from public`),
    );
    const limited = Object.assign(new URL(url()), { search: '?options=-c%20role%3Dlimited' }).href;
    await restartProjector({ DATABASE_URL: limited });
    await applied(aTokenEvent('token.created', { id: 5 }));
    expect(projector.logsWith('does not say which database')).toHaveLength(1);
  });
});

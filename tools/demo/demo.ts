import type { AppProcess } from '../../test/support/app-process.js';
import { freePort } from '../../test/support/free-port.js';
import { JWT_SECRET, signToken } from '../../test/support/jwt.js';
import { startProjector, startQuery } from '../../test/support/processes.js';
import { askBothDoors } from './ask-both-doors.js';
import { findPlace, type Place } from './place.js';
import { heading, table, withoutPassword } from './print.js';
import { publishExample, seed } from './seed.js';
import { waitForEvents } from './wait-for-events.js';

const TOKENS = 10_000;

export interface RunningDemo {
  /** Rejects if one of the apps ends. */
  readonly broken: Promise<never>;
  /** Prints the addresses to try while the demo runs. */
  readonly showAddresses: () => void;
}

/** Starts everything, from an empty machine to the first answers. */
export async function runDemo(): Promise<RunningDemo> {
  console.log('Starting the servers ...');
  const place = await findPlace();
  table({ PostgreSQL: origin(place.postgres.isOwn, 'DATABASE_URL'), NATS: origin(place.nats.isOwn, 'NATS_URL') });

  console.log('Starting the projector and the query app ...');
  const [queryPort, projectorPort] = [await freePort(3000), await freePort(3001)];
  const [projector, query] = await Promise.all([
    startProjector({ ...place.env, PROJECTOR_HTTP_PORT: String(projectorPort) }),
    startQuery({ ...place.env, HTTP_PORT: String(queryPort) }),
  ]);

  console.log(`Publishing events about ${TOKENS.toLocaleString('en')} tokens, and examples/event.json ...`);
  await seed(TOKENS, place.env);
  await publishExample(place);
  const token = await signToken({ claims: { sub: 'demo' }, expiresIn: '24h' });
  await waitForEvents(query.url, TOKENS + 1, place, token);
  await askBothDoors(query.url, place, token);
  return {
    broken: Promise.race([endOf('projector', projector), endOf('query app', query)]),
    showAddresses: () => showAddresses(place, query.url, projector.url, token),
  };
}

function origin(isOwn: boolean, variable: string): string {
  return isOwn ? 'one of our own, with its data in a temporary directory' : `the one at ${variable}`;
}

function showAddresses(place: Place, queryUrl: string, projectorUrl: string, token: string): void {
  const { postgres, databaseUrl, nats, prefix } = place;
  heading('To try');
  table({
    'list of tokens': `${queryUrl}/v2/tokens`,
    'API page': `${queryUrl}/docs`,
    OpenAPI: `${queryUrl}/openapi.json`,
    'query app': `${queryUrl}/health/ready  ${queryUrl}/metrics`,
    projector: `${projectorUrl}/health/ready  ${projectorUrl}/metrics`,
    NATS: `${withoutPassword(nats.url)}  ${prefix}.list  ${prefix}.get`,
    database: postgres.isOwn ? databaseUrl : withoutPassword(databaseUrl),
    'JWT (24 hours)': token,
  });
  console.log('\nPaste this line into another terminal. The commands of README.md and docs/ run there:\n');
  console.log(exportLine(place, queryUrl, token));
}

/** For a shell; on a server that is not ours, the user must first fill in the password. */
function exportLine({ postgres, databaseUrl, nats, prefix, env }: Place, queryUrl: string, token: string): string {
  const settings = {
    API_URL: queryUrl,
    NATS_URL: withoutPassword(nats.url),
    NATS_SUBJECT_PREFIX: prefix,
    NATS_STREAM: env['NATS_STREAM'],
    NATS_STREAM_SUBJECTS: env['NATS_STREAM_SUBJECTS'],
    DATABASE_URL: postgres.isOwn ? databaseUrl : withoutPassword(databaseUrl),
    JWT_SECRET,
    JWT: token,
  };
  return `export ${Object.entries(settings)
    .map(([name, value]) => `${name}='${value}'`)
    .join(' ')}`;
}

async function endOf(name: string, app: AppProcess): Promise<never> {
  const { code, signal } = await app.exited;
  throw new Error(`The ${name} has ended (${signal ?? `exit code ${code}`}). It wrote:\n${app.output}`);
}

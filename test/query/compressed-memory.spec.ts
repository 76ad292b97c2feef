import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AppProcess } from '../support/app-process.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { startQuery } from '../support/processes.js';
import { startWorld, type World } from './world.js';

const MEGABYTE = 1_048_576;
const TOKENS = 500;
/** The longest comment. Random letters are what an encoder needs the most memory for. */
const comment = () => randomBytes(2_990).toString('base64');
const CALLERS = 60;
const REQUESTS = 120;
/** With these the app promises to need no more than {@link MEMORY_MB}; see docs/operations.md. */
const BOUNDS = { NODE_OPTIONS: '--max-old-space-size=192', ANSWERS_IN_FLIGHT_BYTES: String(128 * MEGABYTE) };
const MEMORY_MB = 480;

describe('callers of large pages who accept them compressed', () => {
  let world: World;
  let query: AppProcess;
  let jwt: string;
  const agent = new Agent({ keepAlive: true });

  beforeAll(async () => {
    atEnd('closing connections', () => agent.destroy());
    jwt = await signToken();
    world = await startWorld(
      Array.from({ length: TOKENS }, (_, i) => aTokenEvent('token.created', { id: i + 1, comment: comment() })),
    );
  });
  beforeEach(async () => {
    query = await startQuery({ ...world.env, ...BOUNDS });
  });
  afterEach(() => query.stop());

  /** @returns the status and the encoding */
  function ask(encoding: string): Promise<string> {
    const headers = { authorization: `Bearer ${jwt}`, 'accept-encoding': encoding };
    return new Promise((resolve, reject) => {
      request(`${query.url}/v2/tokens?limit=${TOKENS}`, { agent, headers }, (response) => {
        const { statusCode, headers: answered } = response;
        const what = `${statusCode} ${answered['content-encoding'] ?? 'as it is'}`;
        response.resume().on('end', () => resolve(what));
      })
        .on('error', reject)
        .end();
    });
  }

  test.each(['br', 'gzip'])('take no more memory than is promised: %s', async (encoding) => {
    const seen = new Set<string>();
    let left = REQUESTS;
    let peak = 0;
    const caller = async () => {
      while ((left -= 1) >= 0) seen.add(await ask(encoding));
    };
    const look = async () => {
      while (left > 0) peak = Math.max(peak, (await query.metrics()).get('process_resident_memory_bytes')! / MEGABYTE);
    };
    await Promise.all([...Array.from({ length: CALLERS }, caller), look()]);
    expect(seen).toContain(`200 ${encoding}`);
    expect([...seen].filter((what) => !/^(200|503) /.test(what))).toEqual([]);
    expect(peak).toBeLessThan(MEMORY_MB);
    await eventually('the bytes to be free again', async () => (await query.metrics()).get('query_answer_bytes') === 0);
    expect(await ask(encoding)).toBe(`200 ${encoding}`);
  });
});

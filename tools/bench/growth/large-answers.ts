import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import { downloaded } from '../export/downloads.js';
import { askOverHttp } from '../measure/autocannon.js';
import type { Site } from '../place/site.js';

/** Asks a query app for what takes most memory: large pages all at once, deep ones too, and an export of all tokens. */
export async function askForMuch({ env }: Pick<Site, 'env'>, tokens: number, seconds: number): Promise<void> {
  const query = await startQuery(env);
  const url = `${query.url}/v2/tokens`;
  const token = await signToken({ expiresIn: '24h' });
  await askOverHttp(`${url}?limit=1000`, seconds, token);
  await askOverHttp(`${url}?limit=1000&sortBy=expiresAt&offset=${tokens / 2}`, seconds, token);
  await downloaded(url, { token, accept: 'application/x-ndjson', encoding: 'identity' });
  await query.stop();
}

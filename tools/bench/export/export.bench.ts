import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import type { Bench } from '../bench.js';
import { peakRssMb } from '../measure/peak-rss.js';
import { interleaved } from '../measure/rounds.js';
import { copySeconds } from './copy.js';
import { downloaded, walked } from './downloads.js';
import { exportReport } from './export-report.js';

const ROUNDS = 5;

export const exportBench: Bench = {
  name: 'export',
  about: 'a whole list as NDJSON and CSV over HTTP, beside psql \\copy',
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    const query = await startQuery(site.env);
    const url = `${query.url}/v2/tokens`;
    const token = await signToken({ expiresIn: '24h' });
    const download = (accept: string, encoding = 'identity', parameters = '') =>
      downloaded(url + parameters, { token, accept, encoding });
    const before = peakRssMb(query.pid);
    const exports = await interleaved(
      {
        ndjson: () => download('application/x-ndjson'),
        gzip: () => download('application/x-ndjson', 'gzip'),
        csv: () => download('text/csv'),
        sorted: () => download('application/x-ndjson', 'identity', '?sortBy=updatedAt'),
        copy: () => copySeconds(site.databaseUrl),
      },
      { rounds: ROUNDS },
    );
    const memory = { before, after: peakRssMb(query.pid) };
    const { pages } = await interleaved({ pages: () => walked(url, token) }, { rounds: ROUNDS, warmUps: 0 });
    await query.stop();
    return exportReport(bench.options.tokens, { ...exports, pages }, memory);
  },
};

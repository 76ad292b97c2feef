import { missingIndexesSql } from '../../store/generations.js';
import { processOf } from '../../store/snapshot-client.js';
import { tableNames } from '../../table-template.js';
import { cancelledWithJob } from '../cancelled-with-job.js';
import { enter, type Work } from '../work.js';

/** Makes the indexes that readers need: on a full table an index costs less than when rows are added one by one. */
export async function indexTables(work: Work): Promise<undefined> {
  const { client, projection, generation } = work.parts;
  await enter(work, 'indexing');
  await client.query(`set maintenance_work_mem = '256MB'`);
  await cancelledWithJob(work, await processOf(client), async () => {
    for (const statement of missingIndexesSql(projection, generation)) {
      await client.query(statement);
      await work.progress.pauseOrEnd();
    }
    await client.query(`vacuum (analyze) ${tableNames(projection, generation).join(', ')}`);
  });
}

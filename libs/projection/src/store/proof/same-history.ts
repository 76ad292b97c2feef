import type { Client } from 'pg';
import type { Projection } from '../../projection.js';
import { readPosition } from '../position.js';
import { tableName } from '../../table-template.js';
import { JobFailed } from '../../job-ended.js';

/**
 * A repair trusts an archive, so the archive must be of the same events. If it is, the live generation agrees with most of it, because it
 * was made from those events. With a stream of other events it does not agree.
 * @param generation holds the facts of the archive, and nothing else yet
 * @throws {JobFailed} if the live generation does not know, or contradicts, more than half of the facts
 */
export async function ensureSameHistory(
  client: Client,
  projection: Projection,
  generation: number,
  archive: string,
): Promise<void> {
  const { generation: live } = await readPosition(client, projection);
  const facts = factsSql(projection, live, generation);
  if (facts === '')
    throw new JobFailed(`no table of ${projection.name} can be compared with an archive: nothing is repaired from one`);
  const { rows } = await client.query<{ told: string; known: string }>(
    `select count(*) as told, count(*) filter (where is_known) as known from (${facts}) facts`,
  );
  const [told, known] = [Number(rows[0]!.told), Number(rows[0]!.known)];
  if (known * 2 >= told) return;
  const { subjects, tool } = projection.words;
  throw new JobFailed(
    `${archive} has ${told} facts about ${subjects}; ${told - known} are missing or different in the live generation. So it seems to be a stream of other events, and nothing was changed. If it is the right one, rebuild from it (${tool} rebuild --stream ${archive} --accept-differences)`,
  );
}

/** One row per fact of the archive: whether the live generation has the fact, or one that replaced it. */
function factsSql({ tables }: Projection, live: number, told: number): string {
  return tables
    .flatMap((template) =>
      template.isKnown
        ? [`select (${template.isKnown(live)}) is true as is_known from ${tableName(template, told)} t`]
        : [],
    )
    .join('\nunion all\n');
}

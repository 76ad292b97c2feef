import type { Client } from 'pg';
import type { Projection } from '../projection.js';
import { readPosition } from '../store/position.js';
import { tableName } from '../table-template.js';
import { JobFailed } from './job-ended.js';

/**
 * A repair believes what an archive tells, so it must be one of the same events: the live generation knows most of what it tells, since
 * that is what it was made from. Of a stream of other events it does not.
 * @param generation which holds what the archive tells, and nothing else yet
 * @throws {JobFailed} when the live generation says nothing or something else of more than half
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
    throw new JobFailed(
      `no table of ${projection.name} says what it knows of an archive: nothing is repaired from one`,
    );
  const { rows } = await client.query<{ told: string; known: string }>(
    `select count(*) as told, count(*) filter (where is_known) as known from (${facts}) facts`,
  );
  const [told, known] = [Number(rows[0]!.told), Number(rows[0]!.known)];
  if (known * 2 >= told) return;
  const { subjects, tool } = projection.words;
  throw new JobFailed(
    `${archive} tells ${told} things of ${subjects}, and ${told - known} of them the live generation does not know or knows otherwise: it is taken for a stream of other events, and nothing was changed. Where it is right, rebuild from it (${tool} rebuild --stream ${archive} --accept-differences)`,
  );
}

/** One row per fact of the archive: whether the live generation has it, or what took its place. */
function factsSql({ tables }: Projection, live: number, told: number): string {
  return tables
    .flatMap((template) =>
      template.isKnown
        ? [`select (${template.isKnown(live)}) is true as is_known from ${tableName(template, told)} t`]
        : [],
    )
    .join('\nunion all\n');
}

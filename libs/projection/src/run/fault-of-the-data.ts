import type { Client } from 'pg';
import { isFaultOfTheData } from '#service-runtime/postgres/postgres-errors.js';
import type { Applied, ApplyTarget, ProjectedEvent, Projection } from '../projection.js';

/** The projection's own code has thrown while it applied events, although every statement that it sent was answered. */
class ProjectionFault extends Error {}

/**
 * Lets the projection apply events. Its own errors get a class: the event, or a row that the event changes, is at fault. After a statement
 * has failed, whatever is thrown counts as a consequence of that: a lost connection is no fault of the data.
 * @returns what was applied; `written` rejects with the same errors
 * @throws {ProjectionFault}
 * @throws the errors of the statements
 */
export async function applyByProjection(
  projection: Projection,
  client: Client,
  events: readonly ProjectedEvent[],
  target: ApplyTarget<ProjectedEvent>,
): Promise<Applied<ProjectedEvent>> {
  let hasFailed = false;
  const failed = () => void (hasFailed = true);
  const thrown = (error: unknown): never => {
    if (hasFailed) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new ProjectionFault(message, { cause: error });
  };
  try {
    const applied = await projection.apply(noticingFailures(client, failed), events, target);
    // A value of a damaged row may turn out to be none only when it is written.
    return { ...applied, written: applied.written.catch(thrown) };
  } catch (error) {
    return thrown(error);
  }
}

/** @returns why the data forbid that an event is applied, in words for a dead letter; undefined for any other error */
export function faultOfTheData(error: unknown): string | undefined {
  if (error instanceof ProjectionFault) return `it could not be applied: ${error.message}`;
  return isFaultOfTheData(error) ? `PostgreSQL refused it: ${(error as Error).message}` : undefined;
}

/** @param failed called before the sender of a statement learns that it has failed */
function noticingFailures(client: Client, failed: () => void): Client {
  const query = (...args: Parameters<Client['query']>): unknown => {
    try {
      const answer: unknown = client.query(...args);
      Promise.resolve(answer).catch(failed);
      return answer;
    } catch (error) {
      failed();
      throw error;
    }
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : (Reflect.get(target, name, target) as unknown)),
  });
}

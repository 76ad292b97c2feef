import { withDatabase } from '../connect/database.js';
import { Leader } from '../connect/leader.js';
import { OperatorConnection } from '../connect/nats.js';
import type { StatusSettings } from '../connect/operator.settings.js';
import type { JobStatus } from '#projection/job.js';
import type { JobAnswer } from '../jobs/job-status.js';
import { readDatabase } from './read-database.js';
import { readSizes, withSizes, type SizedFacts } from './read-sizes.js';
import { readStream } from './read-stream.js';
import type { Problem, ReadModelStatus, Status, StreamStatus } from './status.js';

const DATABASE_WITHIN_MS = 5_000;
const PROJECTOR_WITHIN_MS = 2_000;

/**
 * Reads from the database, the stream and the projector at the same time. If one of them does not answer, the others' answers are shown.
 */
export class StatusSource {
  private readonly nats: OperatorConnection;

  constructor(private readonly settings: StatusSettings) {
    this.nats = new OperatorConnection(settings.nats);
  }

  async read(): Promise<Status> {
    const problems: Problem[] = [];
    const orNull = <T>(what: Problem['what'], answer: Promise<T>): Promise<T | null> =>
      answer.catch((error: unknown) => {
        problems.push({ what, message: error instanceof Error ? error.message : String(error) });
        return null;
      });
    const [facts, connection] = await Promise.all([
      orNull(
        'database',
        withDatabase(
          this.settings.databaseUrl,
          async (source) => {
            const [known, sizes] = [await readDatabase(source), await orNull('database', readSizes(source))];
            // A job may have begun in between: its tables are no stray ones.
            return withSizes(known, sizes, (await readDatabase(source)).generations);
          },
          DATABASE_WITHIN_MS,
        ),
      ),
      orNull('nats', this.nats.connected()),
    ]);
    const [stream, job] = connection
      ? await Promise.all([
          orNull('nats', readStream(connection, this.settings.stream)),
          orNull('projector', this.readJob(new Leader(connection, this.settings.subjectPrefix, ''))),
        ])
      : [null, null];
    return {
      at: new Date().toISOString(),
      stream,
      readModel: facts && readModel(facts, stream),
      leader: facts && facts.leader,
      job,
      generations: facts && facts.generations,
      strayTables: facts && facts.strayTables,
      deadLetters: facts && facts.deadLetters,
      databaseBytes: facts && facts.databaseBytes,
      problems,
    };
  }

  close(): Promise<void> {
    return this.nats.close();
  }

  private async readJob(leader: Leader): Promise<JobStatus | null> {
    return (await leader.request<JobAnswer>('rebuild.status', {}, PROJECTOR_WITHIN_MS)).job;
  }
}

function readModel({ generations, live }: SizedFacts, stream: StreamStatus | null): ReadModelStatus | null {
  const generation = generations.find(({ state }) => state === 'live');
  if (!generation) return null;
  const { number, position, streamCreated } = generation;
  const isItsStream = stream !== null && (streamCreated === null || streamCreated === stream.created);
  return {
    generation: number,
    position,
    lagEvents: isItsStream ? Math.max(0, stream.lastSequence - position) : null,
    ...live,
  };
}

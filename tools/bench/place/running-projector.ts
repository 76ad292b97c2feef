import type { AppProcess } from '../../../test/support/app-process.js';
import { startProjector } from '../../../test/support/processes.js';
import { withClient } from '../../../test/support/with-client.js';
import { peakRssMb } from '../measure/peak-rss.js';
import { progress } from '../measure/progress.js';
import { brokenBy } from './broken.js';
import { reached } from './position.js';
import type { Site } from './site.js';

/** The real projector in its own process, on one database and stream. */
export class RunningProjector {
  private readonly broken: Promise<never>;

  private constructor(
    private readonly app: AppProcess,
    private readonly site: Site,
  ) {
    this.broken = brokenBy('the projector', app.exited, () => app.output);
  }

  /** @param script what Node runs instead of the built app */
  static async start(site: Site, script?: readonly string[]): Promise<RunningProjector> {
    return new RunningProjector(await startProjector(site.env, script ? { script } : {}), site);
  }

  /** When the projector began to read the stream, by `performance.now()`. */
  get projectingSince(): number {
    const line = this.app.logs.find(({ msg }) => msg === 'projecting');
    if (!line) throw new Error(`the projector does not say that it projects:\n${this.app.output}`);
    return Date.parse(line['time'] as string) - performance.timeOrigin;
  }

  /** @returns when the read model was first seen at the sequence, by `performance.now()` */
  async reaches(sequence: number): Promise<number> {
    const shown = progress('projecting', sequence);
    try {
      return await withClient(this.site.databaseUrl, (client) => {
        const position = async () => {
          const { rows } = await client.query<{ position: string }>(
            `select position from generation where state = 'live'`,
          );
          return Number(rows[0]!.position);
        };
        return reached(sequence, { who: 'the projector', position, broken: this.broken, look: (at) => shown.to(at) });
      });
    } finally {
      shown.end();
    }
  }

  /** The same promise, but it rejects if the projector ends meanwhile. */
  orBroken<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.broken]);
  }

  get pid(): number {
    return this.app.pid;
  }

  get peakRssMb(): number {
    return peakRssMb(this.app.pid);
  }

  async stop(): Promise<void> {
    await this.app.stop();
  }
}

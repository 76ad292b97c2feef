import { seedEvents } from '../../seed/seed-events.js';
import type { SeedOptions } from '../../seed/seed-options.js';
import { startOfToday } from '../../../apps/tokenctl/src/seed/seed.arguments.js';
import { withClient } from '../../../test/support/with-client.js';
import { say } from '../measure/progress.js';
import { publishEvents } from './publish-events.js';
import { RunningProjector } from './running-projector.js';
import type { BenchServers } from './servers.js';
import { openSite, type Site } from './site.js';

/** A read model that the real projector has built from seeded events; nothing writes to it any more. */
export interface FilledReadModel extends Site {
  readonly seed: SeedOptions;
  readonly fill: FillFigures;
}

export interface FillFigures {
  readonly events: number;
  readonly publishSeconds: number;
  /** The time to apply all events that waited in the stream, from the first read to the last applied. */
  readonly projectSeconds: number;
  readonly projectorPeakRssMb: number;
}

/** Changes of a token and memberships besides its creation; only for the progress bar. */
const EVENTS_PER_TOKEN = 1.27;

export async function fillReadModel(servers: BenchServers, tokens: number): Promise<FilledReadModel> {
  const site = await openSite(servers, `bench_${tokens}`);
  const seed = { tokens, seed: 1, at: startOfToday() };
  say(`publishing the events of ${tokens.toLocaleString('en')} tokens`);
  const tally = await publishEvents(site, seedEvents(seed), Math.round(tokens * EVENTS_PER_TOKEN));
  const publishSeconds = tally.seconds;
  say(`${tally.events.toLocaleString('en')} events are published; the projector applies them`);
  const projector = await RunningProjector.start(site);
  const done = await projector.reaches(tally.lastSequence);
  const projectSeconds = (done - projector.projectingSince) / 1_000;
  const projectorPeakRssMb = projector.peakRssMb;
  await projector.stop();
  await settle(site);
  return { ...site, seed, fill: { events: tally.events, publishSeconds, projectSeconds, projectorPeakRssMb } };
}

/** Does the work that autovacuum and checkpoints would do after a while. */
export async function settle({ databaseUrl }: Pick<Site, 'databaseUrl'>): Promise<void> {
  say('vacuum (analyze), checkpoint');
  await withClient(databaseUrl, async (client) => {
    await client.query('vacuum (analyze)');
    await client.query('checkpoint');
  });
}

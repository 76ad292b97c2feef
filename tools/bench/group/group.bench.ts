import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../../../test/support/jwt.js';
import { startQuery } from '../../../test/support/processes.js';
import { publish } from '../../../test/support/publish.js';
import { withClient } from '../../../test/support/with-client.js';
import type { Bench } from '../bench.js';
import { ListWatch } from '../freshness/list-watch.js';
import { say } from '../measure/progress.js';
import { settle, type FilledReadModel } from '../place/filled-read-model.js';
import { RunningProjector } from '../place/running-projector.js';
import { groupReport, type GroupFigures } from './group-report.js';
import { HeavyEvents } from './heavy-events.js';
import { LoneEvents } from './lone-events.js';
import { multiply } from './multiplied.js';
import { updateFloor } from './update-floor.js';

/** The lowest number that the command line allows; afterwards the tables hold more. */
const SEEDED_TOKENS = 10_000;
const QUIET_MS = 5_000;

export const groupBench: Bench = {
  name: 'group',
  about: 'what lone events wait for while large groups change',
  run: async (bench) => {
    const site = await bench.readModel(SEEDED_TOKENS);
    const times = Math.floor(bench.options.tokens / SEEDED_TOKENS);
    const tokens = times * SEEDED_TOKENS;
    const events = new HeavyEvents(tokens);
    await fillGroup(site, events);
    await multiply(site, times);
    const projector = await RunningProjector.start(site);
    const query = await startQuery(site.env);
    const list = new ListWatch(`${query.url}/v2/tokens?sortBy=updatedAt&limit=1`, await signToken());
    const figures = await projector.orBroken(measure(site, events, { tokens, projector: projector.pid }, list));
    const { peakRssMb } = projector;
    list.close();
    await Promise.all([query.stop(), projector.stop()]);
    return groupReport(tokens, figures, peakRssMb);
  },
};

/** Every seeded token becomes a member. */
async function fillGroup(site: FilledReadModel, events: HeavyEvents): Promise<void> {
  say('the group is filled');
  const projector = await RunningProjector.start(site);
  await projector.reaches(await publish(site, events.filling(SEEDED_TOKENS)));
  await projector.stop();
}

function measure(
  site: FilledReadModel,
  events: HeavyEvents,
  about: { readonly tokens: number; readonly projector: number },
  list: ListWatch,
): Promise<GroupFigures> {
  return withClient(site.databaseUrl, async (client) => {
    const lone = new LoneEvents(site, list, client, { id: about.tokens + 1, projector: about.projector });
    say('nothing but lone events');
    const quiet = await lone.during(() => sleep(QUIET_MS, 0));
    say('many tokens are added');
    const additions = await lone.during(() => publish(site, events.additions()));
    await settle(site);
    say('the group is deleted');
    const deletion = await lone.during(() => publish(site, events.deletion()));
    await settle(site);
    say('the floor');
    return { quiet, additions, deletion, floor: await updateFloor(site.databaseUrl, about.tokens) };
  });
}

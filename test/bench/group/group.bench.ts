import { setTimeout as sleep } from 'node:timers/promises';
import { signToken } from '../../support/jwt.js';
import { startQuery } from '../../support/processes.js';
import { publish } from '../../support/publish.js';
import { withClient } from '../../support/with-client.js';
import type { Bench } from '../bench.js';
import { ListWatch } from '../freshness/list-watch.js';
import { say } from '../measure/progress.js';
import { settle, type FilledReadModel } from '../place/filled-read-model.js';
import { RunningProjector } from '../place/running-projector.js';
import { groupReport, type GroupFigures } from './group-report.js';
import { HeavyEvents } from './heavy-events.js';
import { LoneEvents } from './lone-events.js';
import { updateFloor } from './update-floor.js';

const QUIET_MS = 5_000;

export const groupBench: Bench = {
  name: 'group',
  about: 'what lone events wait for while large groups change',
  run: async (bench) => {
    const { tokens } = bench.options;
    const site = await bench.readModel(tokens);
    const projector = await RunningProjector.start(site);
    const query = await startQuery(site.env);
    const list = new ListWatch(`${query.url}/v2/tokens?sortBy=updatedAt&limit=1`, await signToken());
    const figures = await projector.orBroken(measure(site, tokens, projector, list));
    const { peakRssMb } = projector;
    list.close();
    await Promise.all([query.stop(), projector.stop()]);
    return groupReport(tokens, figures, peakRssMb);
  },
};

function measure(
  site: FilledReadModel,
  tokens: number,
  projector: RunningProjector,
  list: ListWatch,
): Promise<GroupFigures> {
  const events = new HeavyEvents(tokens);
  return withClient(site.databaseUrl, async (client) => {
    const lone = new LoneEvents(site, list, client, { id: tokens + 1, projector: projector.pid });
    say('the group is filled');
    await projector.reaches(await publish(site, events.wholeGroup()));
    await settle(site);
    say('nothing but lone events');
    const quiet = await lone.during(() => sleep(QUIET_MS, 0));
    say('many tokens are added');
    const additions = await lone.during(() => publish(site, events.additions()));
    await settle(site);
    say('the group is deleted');
    const deletion = await lone.during(() => publish(site, events.deletion()));
    await settle(site);
    say('the floor');
    return { quiet, additions, deletion, floor: await updateFloor(site.databaseUrl, tokens) };
  });
}

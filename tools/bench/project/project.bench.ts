import type { Bench } from '../bench.js';
import { MixedUpdates } from '../events/mixed-updates.js';
import { NewTokens } from '../events/new-tokens.js';
import { interleaved } from '../measure/rounds.js';
import { PeerStream } from '../peer/peer-stream.js';
import { PEER_EVENTS, savesPerSecond } from '../peer/saves-per-second.js';
import { settle } from '../place/filled-read-model.js';
import { bulkInsertsPerSecond, bulkUpdatesPerSecond } from './bulk-floor.js';
import { withoutChangeIndexes } from './change-indexes.js';
import { projectReport } from './project-report.js';
import { Projecting, type EventSource } from './projecting.js';
import { eventsPerFigure, ROUNDS } from './sizes.js';

export const projectBench: Bench = {
  name: 'project',
  about: 'events per second of the projector',
  run: async (bench) => {
    const { tokens } = bench.options;
    const site = await bench.readModel(tokens);
    const { databaseUrl, seed } = site;
    const count = eventsPerFigure(tokens);
    const peerStream = await PeerStream.open(site, 'project');
    const projecting = new Projecting(site);
    const [newTokens, updates] = [new NewTokens(seed), new MixedUpdates(seed)];
    const [peerTokens, peerUpdates] = [new NewTokens(seed), new MixedUpdates(seed)];
    const news: EventSource = (n) => newTokens.next(n);
    const mixed: EventSource = (n) => updates.next(n);
    const rounds = await interleaved(
      {
        newLive: () => projecting.live(news, count),
        newBacklog: () => projecting.backlog(news, count),
        newFloor: () => bulkInsertsPerSecond(databaseUrl, newTokens.latest(count)),
        newPeer: () => savesPerSecond(peerStream, peerTokens.next(PEER_EVENTS), PEER_EVENTS),
        mixedLive: () => projecting.live(mixed, count),
        mixedBacklog: () => projecting.backlog(mixed, count),
        mixedUnfollowed: () => withoutChangeIndexes(databaseUrl, () => projecting.backlog(mixed, count)),
        allColumns: () => projecting.backlog((n) => updates.ofAllColumns(n), count),
        mixedFloor: () => bulkUpdatesPerSecond(databaseUrl, count),
        mixedPeer: () => savesPerSecond(peerStream, peerUpdates.next(PEER_EVENTS), PEER_EVENTS),
      },
      { rounds: ROUNDS },
    );
    await peerStream.stop();
    await settle(site);
    return projectReport(tokens, site.fill, rounds, projecting.peakRssMb);
  },
};

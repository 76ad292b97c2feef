import { jetstreamManager } from '@nats-io/jetstream';
import type { Bench } from '../bench.js';
import { NewTokens } from '../events/new-tokens.js';
import { interleaved } from '../measure/rounds.js';
import { PeerStream } from '../peer/peer-stream.js';
import { PEER_EVENTS, savesPerSecond } from '../peer/saves-per-second.js';
import { settle } from '../place/filled-read-model.js';
import { RunningProjector } from '../place/running-projector.js';
import type { Site } from '../place/site.js';
import { CopyFloor } from './copy-floor.js';
import { rebuildReport } from './rebuild-report.js';
import { ROUNDS } from './sizes.js';
import { timedRebuild } from './timed-rebuild.js';

export const rebuildBench: Bench = {
  name: 'rebuild',
  about: 'a rebuild beside the live generation, by phase',
  run: async (bench) => {
    const site = await bench.readModel(bench.options.tokens);
    const floor = await CopyFloor.open(site.databaseUrl);
    const peer = await PeerStream.open(site, 'rebuild');
    const tokens = new NewTokens(site.seed);
    const projector = await RunningProjector.start(site);
    const rounds = await interleaved(
      {
        ours: () => timedRebuild(site),
        floor: () => floor.round(),
        peer: () => savesPerSecond(peer, tokens.next(PEER_EVENTS), PEER_EVENTS),
      },
      { rounds: ROUNDS, warmUps: 0 },
    );
    const { peakRssMb } = projector;
    await projector.stop();
    await peer.stop();
    await settle(site);
    return rebuildReport(bench.options.tokens, await eventsOf(site), rounds, peakRssMb);
  },
};

async function eventsOf({ nats, stream }: Site): Promise<number> {
  const { state } = await (await jetstreamManager(nats)).streams.info(stream);
  return state.messages;
}

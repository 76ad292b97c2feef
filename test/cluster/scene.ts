import { expectReadModelOfStream } from '../faults/expect-read-model.js';
import { metric, ready } from '../faults/health.js';
import { HoldPoints } from '../rebuild/hold-points.js';
import { Rebuilds } from '../rebuild/rebuilds.js';
import { httpList } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startClusterSystem, type ClusterSystem } from './cluster-system.js';
import { ClusterTraffic } from './cluster-traffic.js';
import { Witness } from './witness.js';

/** After a node was cut off, a connection may have to be found dead first. */
const WELL_WITHIN_MS = 60_000;
const TOKENS = 2_000;

/** The product on a cluster under traffic, watched all the time. */
export class Scene {
  private constructor(
    readonly system: ClusterSystem,
    readonly traffic: ClusterTraffic,
    readonly jobs: Rebuilds,
    readonly holdPoints: HoldPoints,
    private readonly witness: Witness,
  ) {}

  static async begin(): Promise<Scene> {
    const system = await startClusterSystem();
    const { cluster, stream, query, database } = system;
    const traffic = new ClusterTraffic(cluster, stream);
    const witness = new Witness(query.url, stream, traffic);
    const scene = new Scene(system, traffic, new Rebuilds(system), await HoldPoints.open(database), witness);
    await scene.applied(await traffic.burst(TOKENS));
    return scene;
  }

  /** Waits until answers come from a read model that holds everything up to a sequence. */
  async applied(sequence: number): Promise<void> {
    const look = async () => {
      const { status, headers } = await httpList(this.system.query.url, { limit: 1 });
      const position = headers.get('x-read-position');
      if (Number(position) < sequence) throw new Error(`${status}, at position ${position}`);
      return true;
    };
    const details = () => this.system.projector.output.slice(-5_000);
    await eventually(`${sequence} to be applied`, look, { within: WELL_WITHIN_MS, details });
  }

  /**
   * Nothing lost, nothing doubled, no answer that lied since the last time; the projector was never led to believe that its stream is
   * another one; a verification finds no difference.
   */
  async expectTruth(): Promise<void> {
    const { system, traffic, witness, jobs } = this;
    const { cluster, stream, projector } = system;
    await cluster.whenHealthy(stream.name);
    await ready(projector, WELL_WITHIN_MS);
    await this.applied(traffic.head);
    const verification = await jobs.carryOut({}, 'verify');
    await traffic.rest(async () => {
      expect(await witness.judge()).toEqual([]);
      await expectReadModelOfStream(system, traffic.promised);
    });
    expect(witness.failed).toEqual([]);
    expect(verification).toMatchObject({ state: 'done', differences: 0 });
    expect(await metric(projector, 'projector_source_changed')).toBe(0);
    expect(projector.logsWith('halted: ')).toEqual([]);
  }
}

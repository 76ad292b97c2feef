import { createDatabase } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startProjector, startQuery } from '../support/processes.js';
import type { ClusterNode } from '../support/servers/nats-cluster-node.js';
import { NatsCluster } from '../support/servers/nats-cluster.js';
import { createStream } from '../support/stream.js';
import type { System } from '../support/system.js';

export type ClusterSystem = System & { readonly cluster: NatsCluster };

/**
 * The whole product on a cluster of the test's own, with a stream of three replicas. The projector begins on a node that follows the
 * stream's leader, and goes to another one when it loses that.
 */
export async function startClusterSystem(): Promise<ClusterSystem> {
  const [cluster, database] = await Promise.all([NatsCluster.start(), createDatabase()]);
  const made = await createStream({ server: cluster, create: false });
  await cluster.addStream(made.name, `${made.prefix}.events.>`);
  const stream = {
    ...made,
    /** To a node that is well at the moment. */
    get nats() {
      return cluster.wellNode.connection;
    },
  };
  const env = { ...database.env, ...made.env };
  const { url } = cluster.others(await cluster.leaderOf(made.name))[0]!;
  const [projector, query] = await Promise.all([startProjector({ ...env, NATS_URL: url }), startQuery(env)]);
  return { cluster, database, stream, projector, query, env };
}

/** The node that the projector is connected to. */
export function nodeOfProjector(cluster: NatsCluster): Promise<ClusterNode> {
  return eventually('the projector to be connected', () => cluster.nodeOf('token-projector'), { within: 30_000 });
}

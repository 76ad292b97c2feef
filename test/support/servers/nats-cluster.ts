import { jetstreamManager, type JetStreamManager, type PeerInfo, type StreamInfo } from '@nats-io/jetstream';
import { randomBytes } from 'node:crypto';
import { atEnd } from '../at-end.js';
import { eventually } from '../eventually.js';
import { freePort } from '../free-port.js';
import { natsBinary } from './nats-binary.js';
import { ClusterNode, type NodePorts } from './nats-cluster-node.js';
import { ClusterNetwork, type Cut } from './nats-cluster-network.js';
import { againIfPortIsTaken } from './on-free-port.js';
import { temporaryDirectory } from './temporary-directory.js';

const NODES = 3;
/** An election takes 4 to 9 seconds on old servers; a node that was away must also catch up. */
const HEALTHY_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 50;
const ANSWER_WITHIN_MS = 2_000;

interface MetaCluster {
  readonly leader?: string;
  readonly replicas?: readonly { readonly current: boolean; readonly offline?: boolean }[];
}

interface JetStreamDetails {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly consumer_detail?: readonly { readonly name: string; readonly cluster?: { readonly leader?: string } }[];
    }[];
  }[];
}

/**
 * Three nats-servers with JetStream as one cluster. Each is a process with its own store, and a test can cut the network between them. The
 * end of the test file ends the cluster and everything it has started.
 */
export class NatsCluster {
  private constructor(
    readonly nodes: readonly ClusterNode[],
    private readonly network: ClusterNetwork,
  ) {}

  /** Resolves once the three agree on a leader and hold the same data. */
  static start(): Promise<NatsCluster> {
    return againIfPortIsTaken(() => NatsCluster.startOnce());
  }

  private static async startOnce(): Promise<NatsCluster> {
    const ports = await freePorts();
    const network = await ClusterNetwork.between(ports.map(({ route }) => route));
    const directories = await Promise.all(ports.map((_, i) => temporaryDirectory(`nats-${i + 1}`)));
    const command = await natsBinary(directories[0]!.path);
    const id = randomBytes(4).toString('hex');
    const nodes = ports.map((nodePorts, i) => {
      const routes = network.routesFrom(i);
      const names = { name: `n${i + 1}-${id}`, cluster: `cluster-${id}` };
      return new ClusterNode({
        ...names,
        ports: nodePorts,
        routes,
        advertised: network.advertised,
        command,
        directory: directories[i]!,
      });
    });
    for (const node of nodes) atEnd(`stopping nats-server ${node.name}`, () => node.stop());
    await Promise.all(nodes.map((node) => node.start()));
    const cluster = new NatsCluster(nodes, network);
    await cluster.whenAgreed();
    return cluster;
  }

  /** The URLs of all nodes, comma-separated, for `NATS_URL`. */
  get url(): string {
    return this.nodes.map(({ url }) => url).join(',');
  }

  /** A node that the test has not harmed. */
  get wellNode(): ClusterNode {
    const node = this.nodes.find(({ isWell }) => isWell);
    if (!node) throw new Error('no node is well');
    return node;
  }

  /** All nodes but this one. */
  others(than: ClusterNode): ClusterNode[] {
    return this.nodes.filter((node) => node !== than);
  }

  /** @throws if no node has this name */
  node(name: string): ClusterNode {
    const found = this.nodes.find((node) => node.name === name);
    if (!found) throw new Error(`there is no node ${name}`);
    return found;
  }

  /** Creates a stream with three replicas. */
  async addStream(name: string, subject: string): Promise<void> {
    const config = { name, subjects: [subject], num_replicas: NODES };
    // Right after its start a cluster sometimes leaves a request unanswered. It is safe to create the same stream twice.
    await eventually(`the stream ${name} to be made`, async () => (await managerOf(this.wellNode)).streams.add(config));
    await this.whenHealthy(name);
  }

  /** Waits until all nodes agree on the leader of the cluster, and the leader sees the others follow. */
  async whenAgreed(): Promise<void> {
    const look = async () => {
      const metas = await Promise.all(
        this.nodes.map(async (node) => (await node.monitored<{ meta_cluster: MetaCluster }>('/jsz')).meta_cluster),
      );
      const [leader] = metas.map((meta) => meta.leader);
      const followers = metas[this.nodes.findIndex(({ name }) => name === leader)]?.replicas ?? [];
      const isAgreed = metas.every((meta) => meta.leader === leader);
      return (isAgreed && followers.filter(isFollowing).length === NODES - 1) || undefined;
    };
    await eventually('the cluster to agree on a leader', look, { within: HEALTHY_WITHIN_MS, every: LOOK_EVERY_MS });
  }

  /** Waits until every node is there and every replica of the stream holds the same as its leader. */
  async whenHealthy(stream: string): Promise<void> {
    await this.whenAgreed();
    const look = async () => {
      const infos = await Promise.all(this.nodes.map((node) => infoFrom(node, stream)));
      return infos.every(({ cluster }) => {
        if (cluster?.replicas?.length === NODES - 1 && cluster.replicas.every(holdsAll)) return true;
        throw new Error(JSON.stringify(cluster));
      });
    };
    await eventually(`the replicas of ${stream} to hold the same`, look, {
      within: HEALTHY_WITHIN_MS,
      every: LOOK_EVERY_MS,
    });
  }

  /** The node that leads a stream, according to a node that the test has not harmed. */
  async leaderOf(stream: string): Promise<ClusterNode> {
    const name = await eventually(
      `the stream ${stream} to have a leader that is well`,
      async () => {
        const { cluster } = await infoFrom(this.wellNode, stream);
        return cluster?.leader !== undefined && this.node(cluster.leader).isWell && cluster.leader;
      },
      { within: HEALTHY_WITHIN_MS, every: LOOK_EVERY_MS },
    );
    return this.node(name);
  }

  /** Makes the leader of a stream hand over to another node. */
  async stepDown(stream: string): Promise<void> {
    await this.wellNode.connection.request(`$JS.API.STREAM.LEADER.STEPDOWN.${stream}`, '', {
      timeout: ANSWER_WITHIN_MS,
    });
    await this.whenHealthy(stream);
  }

  /**
   * The consumers of a stream by name, with the node that holds each. Every node knows its own consumers at once, also while others are
   * away.
   */
  async consumersOf(stream: string): Promise<Map<string, ClusterNode>> {
    const holders = new Map<string, ClusterNode>();
    for (const node of this.nodes.filter(({ isWell }) => isWell)) {
      const { account_details: accounts = [] } = await node.monitored<JetStreamDetails>('/jsz?consumers=true');
      const details = accounts.flatMap((account) => account.stream_detail ?? []).filter(({ name }) => name === stream);
      for (const { name, cluster } of details.flatMap(({ consumer_detail: consumers = [] }) => consumers))
        if (cluster?.leader === node.name) holders.set(name, node);
    }
    return holders;
  }

  /** The node that a client is connected to; undefined if no node that can answer has its connection. */
  async nodeOf(clientName: string): Promise<ClusterNode | undefined> {
    for (const node of this.nodes.filter(({ isWell }) => isWell)) {
      const { connections } = await node.monitored<{ connections: { name?: string }[] }>('/connz');
      if (connections.some(({ name }) => name === clientName)) return node;
    }
    return undefined;
  }

  /** Cuts a node off from the others. Its clients stay connected to it. */
  cutOff(node: ClusterNode, how: Cut = 'held'): void {
    node.isCutOff = true;
    this.network.set(how, this.nodes.indexOf(node));
  }

  /**
   * Cuts the connection between two nodes; the third one still hears both. From then on the test uses no connection to `other`, which may
   * miss changes.
   */
  cutBetween(node: ClusterNode, other: ClusterNode): void {
    other.isCutOff = true;
    this.network.set('held', this.nodes.indexOf(node), this.nodes.indexOf(other));
  }

  /** Undoes everything that a test did to the cluster. */
  async heal(): Promise<void> {
    for (const node of this.nodes) {
      this.reconnect(node);
      await node.revive();
    }
  }

  /** Undoes {@link cutOff} or {@link cutBetween}. */
  reconnect(node: ClusterNode): void {
    this.network.set('open', this.nodes.indexOf(node));
    node.isCutOff = false;
  }
}

function isFollowing({ current, offline }: { readonly current: boolean; readonly offline?: boolean }): boolean {
  return current && !offline;
}

function holdsAll(replica: PeerInfo): boolean {
  return isFollowing(replica) && !replica.lag;
}

/** The JetStream manager of one node's connection. */
function managerOf(node: ClusterNode): Promise<JetStreamManager> {
  return jetstreamManager(node.connection, { timeout: ANSWER_WITHIN_MS, checkAPI: false });
}

async function infoFrom(node: ClusterNode, stream: string): Promise<StreamInfo> {
  return (await managerOf(node)).streams.info(stream);
}

async function freePorts(): Promise<NodePorts[]> {
  const ports: NodePorts[] = [];
  while (ports.length < NODES)
    ports.push({ client: await freePort(), monitoring: await freePort(), route: await freePort() });
  return ports;
}

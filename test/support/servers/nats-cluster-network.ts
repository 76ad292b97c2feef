import { TcpProxy } from '../../faults/tcp-proxy.js';

/**
 * How to cut a node off. `held`: nothing passes and connections stay open, as when a cable is pulled or packets are dropped: neither side
 * notices, and data sent meanwhile arrives once the network is back. `refusing`: connections are reset, and new ones too.
 */
export type Cut = 'held' | 'refusing';

/**
 * The network between the nodes of a cluster: a proxy for every pair and direction. Unlike network namespaces it needs no rights on the
 * machine, but it cuts as well: every route that a node knows leads through a proxy, so it has no other way to another node.
 */
export class ClusterNetwork {
  private constructor(
    private readonly proxies: ReadonlyMap<string, TcpProxy>,
    private readonly nowhere: TcpProxy,
  ) {}

  /** @param ports the ports on which each node listens for the routes of the others */
  static async between(ports: readonly number[]): Promise<ClusterNetwork> {
    const proxies = new Map<string, TcpProxy>();
    for (const [to, port] of ports.entries())
      for (const from of ports.keys())
        if (from !== to) proxies.set(key(from, to), await TcpProxy.before(routeTo(port)));
    const nowhere = await TcpProxy.before(routeTo(ports[0]!));
    nowhere.set('refusing');
    return new ClusterNetwork(proxies, nowhere);
  }

  /** The routes from a node to all others, for its configuration. */
  routesFrom(node: number): string[] {
    return [...this.proxies]
      .filter(([pair]) => pair.startsWith(`${node} `))
      .map(([, proxy]) => proxy.through('nats://127.0.0.1'));
  }

  /** Nodes tell each other their addresses. With true addresses they would soon connect past the proxies. */
  get advertised(): string {
    return new URL(this.nowhere.through('nats://127.0.0.1')).host;
  }

  /** Sets the state between a node and all others, or only one of them. */
  set(mode: Cut | 'open', node: number, other?: number): void {
    for (const [pair, proxy] of this.proxies) {
      const ends = pair.split(' ').map(Number);
      if (ends.includes(node) && (other === undefined || ends.includes(other))) proxy.set(mode);
    }
  }
}

function key(from: number, to: number): string {
  return `${from} ${to}`;
}

function routeTo(port: number): string {
  return `nats://127.0.0.1:${port}`;
}

import { jetstreamManager, type ConsumerAPI } from '@nats-io/jetstream';
import { startBenchProcess, type BenchProcess } from '../place/bench-process.js';
import { reached } from '../place/position.js';
import { addStream, type Site } from '../place/site.js';
import { ensurePeerTable } from './peer-table.js';

const PEER_CONSUMER = 'peer';

/** A separate stream for the peer, and the peer's projector on it, which writes to the plain table. */
export class PeerStream {
  private constructor(
    readonly nats: Site['nats'],
    readonly baseSubject: string,
    private readonly stream: string,
    private readonly consumers: ConsumerAPI,
    private readonly process: BenchProcess,
  ) {}

  static async open({ databaseUrl, natsUrl, nats, stream, prefix }: Site, purpose: string): Promise<PeerStream> {
    await ensurePeerTable(databaseUrl);
    const name = `${stream}_PEER_${purpose.toUpperCase()}`;
    const baseSubject = `${prefix}.peer.${purpose}`;
    await addStream(nats, name, `${baseSubject}.>`);
    const env = { DATABASE_URL: databaseUrl, NATS_URL: natsUrl, PEER_STREAM: name, PEER_CONSUMER };
    const { process } = await startBenchProcess('peer/peer-projector.process.ts', env);
    const { consumers } = await jetstreamManager(nats);
    return new PeerStream(nats, baseSubject, name, consumers, process);
  }

  async stop(): Promise<void> {
    await this.process.stop();
  }

  /** The sequence up to which everything is saved. */
  async position(): Promise<number> {
    const { ack_floor: floor } = await this.consumers.info(this.stream, PEER_CONSUMER);
    return floor.stream_seq;
  }

  /** @returns when the sequence was first seen as saved, by `performance.now()` */
  reaches(sequence: number): Promise<number> {
    return reached(sequence, { who: 'the peer', position: () => this.position(), broken: this.process.broken });
  }
}

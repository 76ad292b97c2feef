import { nuid, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import type { EndpointStats } from './endpoint-stats.js';
import type { ReplyGuard } from './reply-guard.js';

export interface MicroService {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/**
 * Answers the discovery half of the NATS micro protocol (ADR-32): `$SRV.PING`, `$SRV.INFO` and `$SRV.STATS`, each for all
 * services, for this one by name, and for this instance by id. Decision 0006 says why the client's own package is not used.
 */
export function answerMicroProtocol(
  connection: NatsConnection,
  service: MicroService,
  guard: ReplyGuard,
  endpoints: () => readonly EndpointStats[],
): Subscription[] {
  const identity = { name: service.name, id: nuid.next(), version: service.version, metadata: {} };
  const started = new Date().toISOString();
  const verbs: Record<string, () => object> = {
    PING: () => ({ type: 'io.nats.micro.v1.ping_response', ...identity }),
    INFO: () => ({
      type: 'io.nats.micro.v1.info_response',
      ...identity,
      description: service.description,
      endpoints: endpoints().map((endpoint) => endpoint.info()),
    }),
    STATS: () => ({
      type: 'io.nats.micro.v1.stats_response',
      ...identity,
      started,
      endpoints: endpoints().map((endpoint) => endpoint.stats()),
    }),
  };
  return Object.entries(verbs).flatMap(([verb, answer]) =>
    [`$SRV.${verb}`, `$SRV.${verb}.${identity.name}`, `$SRV.${verb}.${identity.name}.${identity.id}`].map((subject) =>
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (!error && guard.mayAnswer(message)) respondOrLeave(message, JSON.stringify(answer()));
        },
      }),
    ),
  );
}

/**
 * The client throws if the answer is larger than a message may be. That error would end the reading of the connection, so it is caught
 * here.
 */
function respondOrLeave(message: Msg, answer: string): void {
  try {
    message.respond(answer);
  } catch {
    // No answer can be sent; the requester waits until its timeout.
  }
}

import type { DomainEvent } from '#token-contract/events.js';
import type { TokenDocument } from '#token-read-model/document.js';
import { tokensOf } from '../oracle/oracle.js';
import type { AppEnvironment } from '../support/app-environment.js';
import type { CloudEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { Doors } from './doors.js';

export interface World extends System {
  readonly doors: Doors;
  /** What the read model must hold, by the oracle. */
  readonly tokens: readonly TokenDocument[];
  /** The stream sequence of the last of the events. */
  readonly position: number;
}

/**
 * The whole product, its read model holding everything the events say.
 * @param token a JWT that the settings accept, where they do not take the tests' own
 */
export async function startWorld(
  events: readonly CloudEvent[],
  settings: AppEnvironment = {},
  token?: string,
): Promise<World> {
  const system = await startSystem(settings);
  const { stream, query } = system;
  const position = events.length > 0 ? await publish(stream, events) : 0;
  await waitForPosition(query.url, position, token === undefined ? {} : { token });
  const doors = new Doors({ url: query.url, nats: stream.nats, prefix: stream.prefix });
  return { ...system, doors, tokens: tokensOf(events.map(asDomainEvent)), position };
}

function asDomainEvent({ type, id, time, data }: CloudEvent): DomainEvent {
  return { type, eventId: id, time, data } as DomainEvent;
}

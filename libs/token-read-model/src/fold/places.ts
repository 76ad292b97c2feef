import type { ChangePlace } from '#projection/change-order.js';
import type { DomainEvent } from '#token-contract/events.js';

/** The places of changes in the order of all changes. */
export interface Places {
  readonly ofEvent: (event: DomainEvent) => ChangePlace;
  /** Of the deletion of a group that a token is folded again for, at most one. */
  readonly ofMember: (id: number) => readonly ChangePlace[];
}

export function latestOf(places: readonly ChangePlace[]): ChangePlace {
  return places.reduce((latest, place) => (isLater(place, latest) ? place : latest));
}

function isLater(one: ChangePlace, other: ChangePlace): boolean {
  return one.position === other.position ? one.turn > other.turn : one.position > other.position;
}

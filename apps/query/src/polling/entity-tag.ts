import { hash } from 'node:crypto';
import { VERSION } from '#service-runtime/version.js';
import { parametersOf } from '../parameters/parameter.decorator.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';

const CHARACTERS = 22;
const PARAMETERS = [...parametersOf(ListTokensRequest).keys()];

/**
 * @param customers null: all customers
 * @param state undefined: the tables do not tell it, so there is no tag
 */
export function listTag(
  request: ListTokensRequest,
  customers: readonly number[] | null,
  state: string | undefined,
): string | undefined {
  if (state === undefined) return undefined;
  const parameters = PARAMETERS.map((name) => request[name as keyof ListTokensRequest] ?? null);
  return entityTag('list', parameters, customers && [...customers].sort((a, b) => a - b), state);
}

/** @param state as of {@link listTag} */
export function tokenTag(id: number, state: string | undefined): string | undefined {
  return state === undefined ? undefined : entityTag('token', id, state);
}

/** A list by status changes because time passes, and no tag knows that. */
export function hasTag({ status }: ListTokensRequest): boolean {
  return status === undefined;
}

/**
 * Weak, because the same tag stands for the bytes as they are and for those that are compressed. Another release may answer otherwise. The
 * state names a lineage, which is like no other, so two databases never have the same tags.
 */
function entityTag(...names: readonly unknown[]): string {
  return `W/"${hash('sha256', JSON.stringify([VERSION, ...names]), 'base64url').slice(0, CHARACTERS)}"`;
}

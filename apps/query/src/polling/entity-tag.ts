import { hash } from 'node:crypto';
import { VERSION } from '#service-runtime/version.js';
import { inOrder } from '../auth/scope.js';
import { parametersOf } from '../parameters/parameter.decorator.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';

const CHARACTERS = 22;
const PARAMETERS = [...parametersOf(ListTokensRequest).keys()];

/** Lists of the same name have the same page while their state is the same. @param customers null: all customers */
export function listName(request: ListTokensRequest, customers: readonly number[] | null): string {
  const parameters = PARAMETERS.map((name) => request[name as keyof ListTokensRequest] ?? null);
  return JSON.stringify([parameters, inOrder(customers)]);
}

/** @param state undefined: the tables do not tell it, so there is no tag */
export function listTag(name: string, state: string | undefined): string | undefined {
  return state === undefined ? undefined : entityTag('list', name, state);
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
 * state names a lineage, which is like no other, and a restored database begins one, so two databases do not have the same tags.
 */
function entityTag(...names: readonly unknown[]): string {
  return `W/"${hash('sha256', JSON.stringify([VERSION, ...names]), 'base64url').slice(0, CHARACTERS)}"`;
}

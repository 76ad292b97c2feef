import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope, tenantOf } from '../auth/scope.js';
import { hasTag, listName, listTag } from './entity-tag.js';
import { ListUnchangedQuery, type Unchanged } from './list-unchanged.query.js';
import { VisibleStates } from './visible-states.js';

/** Asks for the state of what the caller may see, and reads no page. */
@QueryHandler(ListUnchangedQuery)
export class ListUnchangedHandler implements IQueryHandler<ListUnchangedQuery> {
  constructor(private readonly states: VisibleStates) {}

  async execute({ request, scope, known, minPosition }: ListUnchangedQuery): Promise<Unchanged | undefined> {
    const customers = customersInScope(scope, request.customerId);
    if (!hasTag(request)) return undefined;
    const { state, visible } = await this.states.of(customers, minPosition, tenantOf(scope));
    const tag = listTag(listName(request, customers), visible);
    return tag !== undefined && known.has(tag) ? { tag, state } : undefined;
  }
}

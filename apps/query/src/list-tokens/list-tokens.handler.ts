import { QueryHandler, type IQueryHandler } from '@nestjs/cqrs';
import { customersInScope, tenantOf } from '../auth/scope.js';
import { hasTag, listName } from '../polling/entity-tag.js';
import { VisibleStates } from '../polling/visible-states.js';
import { ReadPools } from '../reading/read-pools.js';
import type { Page } from './kept-page.js';
import { PageCache } from './page-cache.js';
import { ListTokensQuery, type TokenPage } from './list-tokens.query.js';
import { PageReader, type ReadPage, type WantedList } from './page-reader.js';
import { SharedPages } from './shared-pages.js';

/** Sends a page again while nothing of it can have changed, and reads it otherwise. */
@QueryHandler(ListTokensQuery)
export class ListTokensHandler implements IQueryHandler<ListTokensQuery> {
  constructor(
    private readonly reader: PageReader,
    private readonly cache: PageCache,
    private readonly shared: SharedPages,
    private readonly states: VisibleStates,
    private readonly pools: ReadPools,
  ) {}

  /** @throws {ServiceError} 413 when the page is larger than its door allows */
  async execute(query: ListTokensQuery): Promise<TokenPage> {
    const { request, scope, minPosition, isTagged, answerLimit } = query;
    const isCached = this.cache.isOn && isRepeated(query);
    const customers = customersInScope(scope, request.customerId);
    const list = { name: listName(request, customers), customers, withState: isTagged || isCached };
    if (!isCached) return this.reader.read(query, list);
    const readAndKeep = () => this.readAndKeep(query, list);
    if (minPosition !== undefined) return readAndKeep();
    const found = this.cache.find(list.name);
    const same = found && (await this.ifUnchanged(found, query, list));
    if (same) return same;
    const tenant = tenantOf(scope);
    return this.shared.read(JSON.stringify([list.name, answerLimit.bytes, tenant]), tenant, readAndKeep);
  }

  private async readAndKeep(query: ListTokensQuery, list: WantedList): Promise<ReadPage> {
    const { timesForgotten } = this.cache;
    const page = await this.reader.read(query, list);
    if (page.visible !== undefined) this.cache.keep(list, { ...page, visible: page.visible }, timesForgotten);
    return page;
  }

  private async ifUnchanged(
    page: Page,
    { answerLimit, scope }: ListTokensQuery,
    { name, customers }: WantedList,
  ): Promise<TokenPage | undefined> {
    if (page.json.length > answerLimit.bytes) return undefined;
    const { state, visible } = await this.states.of(customers, undefined, tenantOf(scope));
    const isSame = visible === page.visible;
    this.cache.wasFound(name, page, isSame);
    if (!isSame) return undefined;
    // Slow readers hold it for as long as they like, also after it is kept no more.
    const held = this.pools.memory.reserve(page.json.length, tenantOf(scope));
    return held && { ...page, state, held };
  }
}

/** Pages of walks are read once. */
function isRepeated({ request }: ListTokensQuery): boolean {
  return request.cursor === undefined && hasTag(request);
}

import { Registry } from 'prom-client';
import { PageCache } from '../../apps/query/src/list-tokens/page-cache.js';
import { ListTokensHandler } from '../../apps/query/src/list-tokens/list-tokens.handler.js';
import { SharedPages } from '../../apps/query/src/list-tokens/shared-pages.js';
import { PageReader } from '../../apps/query/src/list-tokens/page-reader.js';
import { VisibleStates } from '../../apps/query/src/polling/visible-states.js';
import { Pulse } from '../../apps/query/src/reading/pulse.js';
import { ReadModelReader } from '../../apps/query/src/reading/read-model-reader.js';
import type { ReadPools } from '../../apps/query/src/reading/read-pools.js';
import { SigningKey } from '../../apps/query/src/reading/signing-key.js';
import type { QuerySettings } from '../../apps/query/src/settings.js';

/** The list as the query app answers it, without a door. */
export class ListParts {
  readonly registry = new Registry();
  readonly reader: ReadModelReader;
  readonly states: VisibleStates;
  readonly cache: PageCache;
  readonly handler: ListTokensHandler;

  private constructor(pools: ReadPools, pageCacheBytes: number) {
    this.reader = new ReadModelReader(pools, new Pulse(pools), new SigningKey());
    this.states = new VisibleStates(this.reader);
    this.cache = new PageCache({ pageCacheBytes, pageCacheSeconds: 60 } as QuerySettings, this.states, this.registry);
    this.handler = new ListTokensHandler(
      new PageReader(this.reader),
      this.cache,
      new SharedPages(pools),
      this.states,
      pools,
    );
  }

  /** @param pageCacheBytes 0: every page is read from the tables */
  static over(pools: ReadPools, pageCacheBytes = 0): ListParts {
    return new ListParts(pools, pageCacheBytes);
  }
}

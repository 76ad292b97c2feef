import { CALLERS } from './list/callers.js';
import { CHANGES } from './list/changes.js';
import { CONNECTIONS } from './list/connections.js';
import { DEAD_LETTERS } from './list/dead-letters.js';
import { DOCUMENTS } from './list/documents.js';
import { HTTP } from './list/http.js';
import { OVERLOAD } from './list/overload.js';
import { PAGE_CACHE } from './list/page-cache.js';
import { PLANS } from './list/plans.js';
import { PROJECTIONS } from './list/projections.js';
import { PROOF } from './list/proof.js';
import type { Protection } from './protection.js';
import { READING } from './list/reading.js';
import { JOBS } from './list/jobs.js';
import { REBUILDING } from './list/rebuilding.js';
import { SOURCE } from './list/source.js';
import { STOPPING } from './list/stopping.js';
import { VERSIONS } from './list/versions.js';
import { WRITING } from './list/writing.js';

export const PROTECTIONS: readonly Protection[] = [
  ...WRITING,
  ...VERSIONS,
  ...DEAD_LETTERS,
  ...SOURCE,
  ...CONNECTIONS,
  ...STOPPING,
  ...READING,
  ...CHANGES,
  ...PAGE_CACHE,
  ...PLANS,
  ...CALLERS,
  ...OVERLOAD,
  ...HTTP,
  ...PROJECTIONS,
  ...PROOF,
  ...REBUILDING,
  ...JOBS,
  ...DOCUMENTS,
];

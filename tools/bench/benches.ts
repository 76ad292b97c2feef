import type { Bench } from './bench.js';
import { accountBench } from './account/account.bench.js';
import { exportBench } from './export/export.bench.js';
import { freshnessBench } from './freshness/freshness.bench.js';
import { groupBench } from './group/group.bench.js';
import { growthBench } from './growth/growth.bench.js';
import { listBench } from './list/list.bench.js';
import { matrixBench } from './matrix/matrix.bench.js';
import { natsBench } from './nats/nats.bench.js';
import { overloadBench } from './overload/overload.bench.js';
import { projectBench } from './project/project.bench.js';
import { rebuildBench } from './rebuild/rebuild.bench.js';
import { repeatedBench } from './repeated/repeated.bench.js';

/** In the order of the run: benches that only read come first, so that they all find the read model as it was seeded. */
export const BENCHES: readonly Bench[] = [
  listBench,
  natsBench,
  exportBench,
  overloadBench,
  matrixBench,
  growthBench,
  freshnessBench,
  repeatedBench,
  accountBench,
  projectBench,
  rebuildBench,
  groupBench,
];

import { pathToFileURL } from 'node:url';
import { CHARGER_PROJECTION } from './charger-projection.js';

type Run = typeof import('../../libs/projection/src/process/run-projector.js');

/** The engine as it was built: what is compiled on the way here lacks the types by which Nest finds what a constructor needs. */
const { runProjector } = (await import(pathToFileURL('dist/libs/projection/src/process/run-projector.js').href)) as Run;

await runProjector(CHARGER_PROJECTION);

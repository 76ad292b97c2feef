import { runProjector } from '#projection/process/run-projector.js';
import { CHARGER_PROJECTION } from './charger-projection.js';

await runProjector(CHARGER_PROJECTION);

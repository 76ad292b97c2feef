import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';
import { runProjector } from './run-projector.js';

await runProjector(TOKEN_PROJECTION);

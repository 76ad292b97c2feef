import { runProjector } from '#projection/process/run-projector.js';
import { TOKEN_PROJECTION } from '#token-read-model/token-projection.js';

await runProjector(TOKEN_PROJECTION);

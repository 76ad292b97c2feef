import { asyncApiDocument } from '../libs/token-contract/src/asyncapi.js';
import { keepUpToDate } from './generated.js';

await keepUpToDate('asyncapi', asyncApiDocument);

import 'reflect-metadata';
import { requestParts } from '../apps/query/src/nats/request-channels.js';
import { asyncApiDocument } from '../libs/token-contract/src/asyncapi.js';
import { keepUpToDate } from './generated.js';

await keepUpToDate('asyncapi', (version) => asyncApiDocument(version, requestParts()));

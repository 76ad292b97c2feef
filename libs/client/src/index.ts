export type { Answer, Change, ChangesPage, Page, Resolved, Token } from './answer.js';
export { ApiError, GoneError, NoAnswerError, type ErrorDetail } from './errors.js';
export { overHttp } from './http-transport.js';
export { overNats } from './nats-transport.js';
export {
  TokensClient,
  type CallOptions,
  type ChangesParameters,
  type ClientOptions,
  type ListParameters,
  type ResolveParameters,
  type WalkParameters,
} from './tokens-client.js';
export type { Transport } from './transport.js';

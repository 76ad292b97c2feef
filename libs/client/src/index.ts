export type { Answer, Page, Token } from './answer.js';
export { ApiError, NoAnswerError, type ErrorDetail } from './errors.js';
export { overHttp } from './http-transport.js';
export { overNats } from './nats-transport.js';
export {
  TokensClient,
  type CallOptions,
  type ClientOptions,
  type ListParameters,
  type WalkParameters,
} from './tokens-client.js';
export type { Transport } from './transport.js';

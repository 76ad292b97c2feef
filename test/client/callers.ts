import { TokensClient, overHttp, overNats, type ClientOptions } from '../../libs/client/src/index.js';
import { signToken } from '../support/jwt.js';
import type { TestStream } from '../support/stream.js';

export const DOORS = ['HTTP', 'NATS'] as const;
export type Door = (typeof DOORS)[number];

/** A client that counts its requests: it asks for its JWT before each of them. Without one it has a JWT that sees all customers. */
export interface Caller {
  readonly client: TokensClient;
  /** When it sent each request. */
  readonly sentAt: readonly number[];
}

export function callerAt(
  door: Door,
  { url, stream: { nats, prefix } }: { readonly url: string; readonly stream: TestStream },
  { token: given = signToken, ...options }: ClientOptions = {},
): Caller {
  const sentAt: number[] = [];
  const token = async () => {
    const jwt = typeof given === 'string' ? given : await given();
    sentAt.push(performance.now());
    return jwt;
  };
  const transport = door === 'HTTP' ? overHttp(url) : overNats(nats, { prefix });
  return { client: new TokensClient(transport, { token, ...options }), sentAt };
}

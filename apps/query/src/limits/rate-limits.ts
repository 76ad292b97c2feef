import { Injectable } from '@nestjs/common';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ServiceError } from '#service-runtime/service-error.js';
import { QuerySettings } from '../settings.js';

type Headers = Readonly<Record<string, string>>;

/** How many requests each caller may send in a while, over HTTP and NATS together, to one instance. Off unless it is set. */
@Injectable()
export class RateLimits {
  private readonly limit: QuerySettings['limits']['rateLimit'];
  private readonly limiter: RateLimiterMemory | undefined;

  constructor({ limits: { rateLimit } }: QuerySettings) {
    this.limit = rateLimit;
    if (rateLimit) this.limiter = new RateLimiterMemory({ points: rateLimit.requests, duration: rateLimit.seconds });
  }

  /**
   * Counts a request.
   * @param caller undefined: a request that cannot be told from those of others, which is not counted
   * @returns the headers that tell the caller where it stands
   * @throws {ServiceError} 429 when it was one too many
   */
  async take(caller: string | undefined): Promise<Headers> {
    if (!this.limiter || caller === undefined) return {};
    try {
      return this.headersOf(await this.limiter.consume(caller));
    } catch (refused) {
      if (!(refused instanceof RateLimiterRes)) throw refused;
      throw this.refusal(refused);
    }
  }

  private refusal(counted: RateLimiterRes): ServiceError {
    const { requests, seconds } = this.limit!;
    const wait = secondsUntil(counted);
    const headers = { ...this.headersOf(counted), 'Retry-After': wait };
    const message = `You have sent more than ${requests} requests in ${seconds} seconds; try again in ${wait} seconds.`;
    return new ServiceError(429, message, { headers });
  }

  private headersOf(counted: RateLimiterRes): Headers {
    const { requests, seconds } = this.limit!;
    return {
      'RateLimit-Limit': String(requests),
      'RateLimit-Remaining': String(counted.remainingPoints),
      'RateLimit-Reset': secondsUntil(counted),
      'RateLimit-Policy': `${requests};w=${seconds}`,
    };
  }
}

function secondsUntil({ msBeforeNext }: RateLimiterRes): string {
  return String(Math.ceil(msBeforeNext / 1_000));
}

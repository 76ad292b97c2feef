import { Injectable } from '@nestjs/common';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { QuerySettings } from '../settings.js';
import { readHeaders } from './read-headers.js';
import type { ReadModelState } from './reading.js';

/** An answer that is larger than its door allows. */
interface TooLarge {
  /** The size of its JSON. */
  readonly bytes: number;
  readonly state: ReadModelState;
  /** How the caller can avoid it, as the end of a sentence. */
  readonly advice: string;
}

/** How large an answer may be on one door. */
export interface AnswerLimit {
  /** The limit on the size of its JSON. */
  readonly bytes: number;
  /** @returns 413 with both sizes */
  readonly refuse: (answer: TooLarge) => ServiceError;
}

/** How large an answer may be. The setting limits HTTP and NATS answers, and the NATS server limits its own. */
@Injectable()
export class AnswerLimits {
  readonly http: AnswerLimit;
  private readonly maxBytes: number;

  constructor(
    { answerMaxBytes: maxBytes }: QuerySettings,
    private readonly link: NatsLink,
  ) {
    this.maxBytes = maxBytes;
    this.http = {
      bytes: maxBytes,
      refuse: ({ bytes, state, advice }) =>
        tooLarge(state, `The answer has ${bytes} bytes but this service answers at most ${maxBytes}; ${advice}.`),
    };
  }

  /** @param requestId is sent as a header of the answer, so its size counts */
  nats(requestId: string): AnswerLimit {
    const { maxPayload } = this.link;
    if (maxPayload === undefined || maxPayload > this.maxBytes) return this.http;
    return {
      bytes: maxPayload,
      refuse: ({ bytes, state, advice }) => {
        const size = bytes + sizeOf({ ...readHeaders(state), 'X-Request-Id': requestId });
        return tooLarge(
          state,
          `The answer has ${size} bytes but this NATS server carries at most ${maxPayload} per message; ${advice}.`,
        );
      },
    };
  }
}

function tooLarge(state: ReadModelState, message: string): ServiceError {
  return new ServiceError(413, message, { headers: readHeaders(state) });
}

/** `NATS/1.0`, one `Name: value` line each, and an empty line. */
function sizeOf(headers: Readonly<Record<string, string>>): number {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return 'NATS/1.0\r\n\r\n'.length + lines.join('').length;
}

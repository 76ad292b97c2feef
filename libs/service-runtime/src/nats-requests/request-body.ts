import { jsonOf, shortKey } from '../json-body.js';
import { ServiceError } from '../service-error.js';

/**
 * A request as it arrived: bare JSON from a plain NATS client, or an envelope of a Nest `ClientProxy`. The answer to an envelope carries
 * its id.
 */
interface Contents {
  readonly nestId?: string;
  readonly data?: unknown;
  readonly problem?: ServiceError | undefined;
}

/** This many bytes at both ends are read of a body that is too long. */
const END = 512;
const NOTHING = new Uint8Array();
/** The keys that a Nest requester sends. */
const ENVELOPE = ['pattern', 'data', 'id'];
/** Nest writes the id last, so an envelope begins like this. */
const NEST_BEGIN = /^\{"pattern":/;
const NEST_END = /,"id":"([\w-]{1,64})"\}$/;
/** Nest's own ids have 22. The id goes into every answer, so a long one could make it larger than a message may be. */
const MAX_NEST_ID = 1_024;

/**
 * The body of a request. It is parsed only when a handler reads it, so a request that is not allowed costs no parsing. It serves plain
 * requesters and Nest requesters: Nest's own deserializer takes every message without an `id` for an event and never answers it, so plain
 * requesters would wait until their timeout.
 */
export class RequestBody {
  readonly isTooLarge: boolean;
  private contents: Contents | undefined;

  constructor(
    private payload: Uint8Array,
    private readonly maxBytes: number,
  ) {
    this.isTooLarge = payload.length > maxBytes;
  }

  /**
   * The parameters of the request: the JSON of the body, the `data` of a Nest requester, or `{}` if the body is empty.
   * @throws {ServiceError} 413, or 400 for a text that is no JSON, a key given twice, a number that cannot be read exactly
   */
  read(): unknown {
    const { data, problem } = this.parsed();
    if (problem) throw problem;
    return data;
  }

  /** Wraps finished JSON for the requester without parsing it. */
  wrapAnswer(json: Buffer): Buffer {
    return this.wrapAs('response', json);
  }

  wrapError(json: Buffer): Buffer {
    return this.wrapAs('err', json);
  }

  private wrapAs(name: 'response' | 'err', json: Buffer): Buffer {
    const { nestId } = this.parsed();
    if (nestId === undefined) return json;
    const end = `,"isDisposed":true,"id":${JSON.stringify(nestId)}}`;
    return Buffer.concat([Buffer.from(`{"${name}":`), json, Buffer.from(end)]);
  }

  private parsed(): Contents {
    this.contents ??= this.isTooLarge ? tooLarge(this.payload, this.maxBytes) : contentsOf(this.payload);
    // The bytes are a part of the message, and would keep it in memory with its headers.
    this.payload = NOTHING;
    return this.contents;
  }
}

function contentsOf(payload: Uint8Array): Contents {
  const { body, problem } = jsonOf(payload);
  if (!isNestEnvelope(body)) return { data: body, problem };
  if (body.id.length > MAX_NEST_ID) return { problem: longId(body.id) };
  // Nest's `send` takes no undefined: an envelope without data, or with an empty text, is a request without parameters.
  return {
    nestId: body.id,
    data: body.data === '' ? {} : (body.data ?? {}),
    problem: problem ?? unexpectedKeyIn(body),
  };
}

function longId({ length }: string): ServiceError {
  const message = `The id of a Nest envelope has ${length} characters, and at most ${MAX_NEST_ID} are taken.`;
  return new ServiceError(400, message, { logged: 'the id of a Nest envelope is too long' });
}

/** A parameter outside `data` would be ignored silently. */
function unexpectedKeyIn(envelope: object): ServiceError | undefined {
  const unexpected = Object.keys(envelope).find((key) => !ENVELOPE.includes(key));
  if (unexpected === undefined) return undefined;
  const param = shortKey(unexpected);
  const message = 'stands beside the data of a Nest envelope: put it into data';
  const logged = 'something stands beside the data of a Nest envelope';
  return new ServiceError(400, `${param} ${message}.`, { details: [{ param, message }], logged });
}

function tooLarge(payload: Uint8Array, maxBytes: number): Contents {
  const problem = new ServiceError(
    413,
    `The request body has ${payload.length} bytes, and at most ${maxBytes} are read; send a shorter one.`,
  );
  const ends = [payload.subarray(0, END), payload.subarray(-END)].map((end) => Buffer.from(end).toString('latin1'));
  const nestId = NEST_BEGIN.test(ends[0]!) ? NEST_END.exec(ends[1]!)?.[1] : undefined;
  return nestId === undefined ? { problem } : { problem, nestId };
}

function isNestEnvelope(body: unknown): body is { id: string; pattern: unknown; data?: unknown } {
  return typeof body === 'object' && body !== null && 'pattern' in body && 'id' in body && typeof body.id === 'string';
}

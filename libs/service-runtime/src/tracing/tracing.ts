import type { LeftRequest } from '../left-request.js';
import type { TraceParent } from './trace-parent.js';

/** A request on its way through this process. */
export interface RequestSpan {
  /** The trace that it belongs to; undefined: none. */
  readonly traceId: string | undefined;
  /** Does work on behalf of the request. */
  run<T>(work: () => T): T;
  left(request: LeftRequest): void;
}

/** Messages that are processed together. */
export interface TracedBatch {
  readonly stream: string;
  readonly messages: number;
  /** The sequence of the last one. */
  readonly last: number;
  /** The traces in which they were published. Called only if somebody wants to know. */
  readonly links: () => readonly TraceParent[];
}

/** The spans of this process, for those who follow a request or an event through several programs. */
export abstract class Tracing {
  /** @param name as others would call it: `GET /v2/tokens` or the subject. It must have few values, and none of a caller. */
  abstract request(name: string, from: TraceParent | undefined): RequestSpan;
  /** A statement for the request in whose {@link RequestSpan.run} this is called. */
  abstract read<T>(statement: string, work: () => Promise<T>): Promise<T>;
  abstract batch<T>(batch: TracedBatch, work: () => Promise<T>): Promise<T>;
}

/** There are no spans. Log lines still have the trace ids that callers send. */
export const NO_TRACING: Tracing = {
  request: (_name, from) => ({ traceId: from?.traceId, run: (work) => work(), left: () => undefined }),
  read: (_statement, work) => work(),
  batch: (_batch, work) => work(),
};

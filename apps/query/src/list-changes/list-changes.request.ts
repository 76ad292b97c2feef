import { IntegerParameter, OpaqueParameter } from '../parameters/parameter-kinds.js';

/** The longest that a request may wait for a change. */
const LONGEST_WAIT_SECONDS = 30;

/** The parameters of the change feed, the same over HTTP and NATS. */
export class ListChangesRequest {
  @OpaqueParameter({
    maxLength: 300,
    description:
      '`after` of the last answer: the changes since then. Left out: from the beginning, every token as it is now.',
  })
  after?: string;

  @IntegerParameter({
    minimum: 1,
    maximum: 1000,
    default: 500,
    description: 'How many changes an answer has at most.',
    examples: [500],
  })
  limit = 500;

  @IntegerParameter({
    minimum: 0,
    maximum: LONGEST_WAIT_SECONDS,
    default: 0,
    description: 'How many seconds to wait for a change while there is none.',
    examples: [25],
  })
  wait = 0;
}

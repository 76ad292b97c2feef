/** Describes a header. Over NATS each is a text. */
export const text = (description: string) => ({ type: 'string', description });

export const REQUEST_HEADERS = {
  type: 'object',
  properties: {
    Authorization: text('`Bearer` and a JWT; compulsory with `NATS_REQUIRE_JWT`, and obeyed wherever it is sent.'),
    'X-Min-Position': text('The answer holds the events up to this stream sequence at least.'),
    'X-Request-Id': text('Names the request in logs and in the answer.'),
  },
};

const REQUEST_ID = text('The id of this request, in every log line about it.');

const ANSWER_HEADERS = {
  'X-Request-Id': REQUEST_ID,
  'X-Read-Position': text('Stream sequence the answer was read at.'),
  'X-Read-Lag-Ms': text('Milliseconds since the read model was last known to hold everything the stream held.'),
  'X-Read-Stale': text('Only while the read model is not kept up to date: what happened to its stream.'),
};

export const ERROR_HEADERS = {
  type: 'object',
  required: ['X-Request-Id', 'Nats-Service-Error', 'Nats-Service-Error-Code'],
  properties: {
    'X-Request-Id': REQUEST_ID,
    'Nats-Service-Error': text('The message of the error, in ASCII and of at most 1,000 characters.'),
    'Nats-Service-Error-Code': text('The status: 400, 403, 404, 410, 413, 429, 500 or 503.'),
    'Retry-After': text('Of 429 and 503: seconds to wait.'),
  },
};

/** @param own headers that only this answer has */
export function answerHeaders(own: Readonly<Record<string, object>> = {}): object {
  return {
    type: 'object',
    required: ['X-Request-Id', 'X-Read-Position', 'X-Read-Lag-Ms'],
    properties: { ...ANSWER_HEADERS, ...own },
  };
}

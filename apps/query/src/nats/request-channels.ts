import { parametersOf } from '../parameters/parameter.decorator.js';
import { EXAMPLE_AFTER, EXAMPLE_TOKEN, SCHEMAS } from '../http/api-schemas.js';
import { GetTokenRequest } from '../get-token/get-token.request.js';
import { ListChangesRequest } from '../list-changes/list-changes.request.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import { ResolveTokensRequest } from '../resolve-tokens/resolve-tokens.request.js';
import { answerHeaders, ERROR_HEADERS, REQUEST_HEADERS, text } from './described-headers.js';

/** A request that callers send over NATS, as AsyncAPI shows it. */
interface NatsRequest {
  /** Its subject without the prefix. */
  readonly pattern: string;
  readonly summary: string;
  readonly request: { readonly prototype: object };
  /** Of a usual request. */
  readonly example: object;
  /** The name of the schema of its answer. */
  readonly answer: keyof typeof SCHEMAS;
  readonly answerExample: object;
  /** Headers that only its answer has. */
  readonly ownHeaders?: Readonly<Record<string, object>>;
}

/** Add a request here, and both of its messages are in docs/asyncapi.json. */
const REQUESTS: Readonly<Record<string, NatsRequest>> = {
  listTokens: {
    pattern: 'list',
    summary: 'Get a page of the tokens that match.',
    request: ListTokensRequest,
    example: { customerId: 67890, limit: 50 },
    answer: 'TokenPage',
    answerExample: { data: [EXAMPLE_TOKEN], count: 1 },
    ownHeaders: {
      'X-Total-Count': text('How many tokens match.'),
      'X-Next-Cursor': text('The `cursor` of the next page; left out where there is none.'),
    },
  },
  getToken: {
    pattern: 'get',
    summary: 'Get one token.',
    request: GetTokenRequest,
    example: { id: 67890 },
    answer: 'Token',
    answerExample: EXAMPLE_TOKEN,
  },
  resolveTokens: {
    pattern: 'resolve',
    summary: 'Get the tokens that have these uids and labels.',
    request: ResolveTokensRequest,
    example: { uids: ['04:a7:e9:42'], labels: ['DK.SPI.V03198'] },
    answer: 'ResolvedTokens',
    answerExample: { data: [{ uid: '04:a7:e9:42', status: 'usable', token: EXAMPLE_TOKEN }] },
  },
  listChanges: {
    pattern: 'changes',
    summary: 'Get the next changes, for a copy of the tokens.',
    request: ListChangesRequest,
    example: { limit: 500, wait: 25 },
    answer: 'ChangesPage',
    answerExample: {
      data: [{ position: 118, id: 67890, change: 'changed', token: EXAMPLE_TOKEN }],
      after: EXAMPLE_AFTER,
    },
  },
};

const ERROR_EXAMPLE = {
  statusCode: 404,
  error: 'Not Found',
  message: 'There is no token 67890.',
  requestId: '7d3f0b9e-2f2e-4f0e-8a51-0a3d1c5f3b61',
};

/** The parts of an AsyncAPI document that describe the requests over NATS, each with its reply. */
export function requestParts(): Readonly<Record<'channels' | 'operations' | 'messages' | 'schemas', object>> {
  const each = <T>(make: (name: string, request: NatsRequest) => Record<string, T>) =>
    Object.assign({}, ...Object.entries(REQUESTS).map(([name, request]) => make(name, request))) as Record<string, T>;
  return {
    channels: each(channelsOf),
    operations: each(operationOf),
    messages: { ...each(messagesOf), error: errorMessage() },
    schemas: SCHEMAS,
  };
}

const component = (name: string) => ({ $ref: `#/components/messages/${name}` });

function channelsOf(name: string, { pattern, summary }: NatsRequest): Record<string, object> {
  return {
    [name]: {
      address: `tokens.${pattern}`,
      description: `${summary} The prefix \`tokens\` is the setting \`NATS_SUBJECT_PREFIX\`; all instances are in the queue group \`token-query\`.`,
      messages: { request: component(`${name}Request`) },
    },
    [`${name}Reply`]: {
      address: null,
      description: "The requester's own inbox: a subject below `_INBOX.` or below a prefix in `NATS_REPLY_PREFIXES`.",
      messages: { answer: component(`${name}Answer`), error: component('error') },
    },
  };
}

function operationOf(name: string, { summary }: NatsRequest): Record<string, object> {
  const channel = (of: string) => ({ $ref: `#/channels/${of}` });
  return {
    [name]: { action: 'receive', summary, channel: channel(name), reply: { channel: channel(`${name}Reply`) } },
  };
}

function messagesOf(
  name: string,
  { summary, request, example, answer, answerExample, ownHeaders }: NatsRequest,
): Record<string, object> {
  const parameters = Array.from(
    parametersOf(request),
    ([parameter, { schema, description }]) => [parameter, { ...schema, description }] as const,
  );
  return {
    [`${name}Request`]: {
      name: `${name}Request`,
      summary: `${summary} An empty body stands for all defaults.`,
      headers: REQUEST_HEADERS,
      payload: { type: 'object', additionalProperties: false, properties: Object.fromEntries(parameters) },
      examples: [{ payload: example }],
    },
    [`${name}Answer`]: {
      name: `${name}Answer`,
      summary: 'The same JSON as over HTTP.',
      headers: answerHeaders(ownHeaders),
      payload: { $ref: `#/components/schemas/${answer}` },
      examples: [{ payload: answerExample }],
    },
  };
}

function errorMessage(): object {
  return {
    name: 'error',
    summary: 'In place of an answer.',
    headers: ERROR_HEADERS,
    payload: { $ref: '#/components/schemas/Error' },
    examples: [{ payload: ERROR_EXAMPLE }],
  };
}

import { Ajv2020 } from 'ajv/dist/2020.js';
import { aTokenState, cloudEvent } from '../support/builders.js';
import { httpRequest, waitForPosition, type HttpOptions, type Reply } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { openApiOf, type OpenApi, type Operation, type Parameter } from './openapi-document.js';

export const LIST = '/v2/tokens';
export const ONE = '/v2/tokens/{id}';
export const RESOLVE = '/v2/tokens/resolve';
/** More than one page of the default size; odd ids are of customer 2, even ones of customer 1. */
export const TOKENS = 520;
const ONLY_SOMETIMES = ['Content-Disposition', 'ETag', 'X-Read-Stale', 'Link', 'X-Next-Cursor'];
const ONLY_WITH_A_LIMIT = /^RateLimit-/;

/** The running API beside its own description. */
export class ApiUnderTest {
  private readonly schemas: Ajv2020;

  private constructor(
    readonly system: System,
    readonly description: OpenApi,
    private readonly token: string,
  ) {
    this.schemas = new Ajv2020({ strict: false, validateFormats: false }).addSchema(description, 'api');
  }

  static async start(): Promise<ApiUnderTest> {
    const system = await startSystem();
    const events = Array.from({ length: TOKENS }, (_, index) =>
      cloudEvent('token.created', aTokenState({ id: index + 1, customerId: 2 - (index % 2) })),
    );
    await waitForPosition(system.query.url, await publish(system.stream, events));
    return new ApiUnderTest(system, await openApiOf(system.query.url), await signToken());
  }

  operation(path: string): Operation {
    const [operation] = Object.values(this.description.paths[path]!);
    return operation!;
  }

  /** Those of the address. */
  parameters(path: string): Parameter[] {
    return this.operation(path).parameters.filter((parameter) => parameter.in !== 'header');
  }

  get(path: string, options: HttpOptions = {}): Promise<Reply> {
    return httpRequest(`${this.system.query.url}${path}`, { token: this.token, ...options });
  }

  listWith(...pairs: [string, string][]): Promise<Reply> {
    return this.get(`${LIST}?${new URLSearchParams(pairs).toString()}`);
  }

  /** Checks an answer against what the description says of its status: body and headers. */
  expectAsDescribed(path: string, reply: Reply): void {
    const described = this.operation(path).responses[reply.status];
    if (!described) throw new Error(`status ${reply.status} is not described: ${reply.body.slice(0, 300)}`);
    this.expectToMatch(described.content!['application/json'].schema, reply.json());
    expect(reply.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(described.headers?.['X-Request-Id']?.required).toBe(true);
    const headers = Object.keys(described.headers ?? {});
    expect(headers.filter((name) => !isOnlySometimes(name) && !reply.headers.has(name))).toEqual([]);
  }

  expectToMatch(schema: object, value: unknown): void {
    const standalone = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
    const validate = this.schemas.compile(standalone);
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
  }
}

function isOnlySometimes(name: string): boolean {
  return ONLY_SOMETIMES.includes(name) || ONLY_WITH_A_LIMIT.test(name);
}

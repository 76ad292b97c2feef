import { natsRequest, type Reply } from '../support/clients.js';
import { ApiUnderTest, LIST, ONE } from './api-under-test.js';
import type { Parameter } from './openapi-document.js';
import { probesOf } from './probes.js';

describe('every described limit of the list', () => {
  let api: ApiUnderTest;

  beforeAll(async () => {
    api = await ApiUnderTest.start();
  });

  /** Probes all parameters. @returns where the answer is another than the description makes one expect */
  async function differences(ask: (parameter: Parameter, value: string) => Promise<Reply>): Promise<string[]> {
    const found: string[] = [];
    for (const parameter of api.parameters(LIST)) {
      for (const { value, isAllowed } of probesOf(parameter)) {
        const reply = await ask(parameter, value);
        // No text that a caller makes up is a cursor.
        const isTaken = isAllowed && parameter.name !== 'cursor';
        if (!(isTaken ? reply.status === 200 : isRefusalOf(parameter.name, reply)))
          found.push(`${parameter.name}=${value}: ${reply.status} ${reply.body.slice(0, 200)}`);
      }
    }
    return found;
  }

  test('is enforced over HTTP: values at it are taken, values beyond it are a 400 that names the parameter', async () => {
    const ask = async ({ name }: Parameter, value: string) => {
      const reply = await api.listWith([name, value]);
      api.expectAsDescribed(LIST, reply);
      return reply;
    };
    expect(await differences(ask)).toEqual([]);
  });

  test('is enforced over NATS in the same way', async () => {
    const { nats, prefix } = api.system.stream;
    expect(await differences(({ name }, value) => natsRequest(nats, `${prefix}.list`, { [name]: value }))).toEqual([]);
  });

  test('goes with the refusal of parameters given twice and of parameters that are not described', async () => {
    const twice = api.parameters(LIST).map(({ name, schema }): [string, string][] => {
      const pair: [string, string] = [name, String(schema.enum?.[0] ?? 'true')];
      return [pair, pair];
    });
    const unknown = ['customerid', 'page', 'sort_by', 'isActive[]'].map((name): [string, string][] => [[name, '1']]);
    for (const pairs of [...twice, ...unknown]) {
      const reply = await api.listWith(...pairs);
      expect([pairs, isRefusalOf(pairs[0]![0], reply)]).toEqual([pairs, true]);
      api.expectAsDescribed(LIST, reply);
    }
  });

  test('leaves room for the examples given beside it', async () => {
    for (const { name, schema } of api.parameters(LIST)) {
      for (const value of schema.examples ?? []) {
        const reply = await api.listWith([name, String(value)]);
        expect([name, value, reply.status]).toEqual([name, value, 200]);
      }
    }
  });

  test('holds for the id of a single token too', async () => {
    const [id, ...others] = api.parameters(ONE);
    expect([id?.name, id?.in, others]).toEqual(['id', 'path', []]);
    for (const { value, isAllowed } of probesOf(id!).filter((probe) => probe.value !== '')) {
      const reply = await api.get(`/v2/tokens/${encodeURIComponent(value)}`);
      const isAsExpected = isAllowed ? [200, 404].includes(reply.status) : isRefusalOf('id', reply);
      expect([value, isAsExpected]).toEqual([value, true]);
      api.expectAsDescribed(ONE, reply);
    }
    const withMore = await api.get('/v2/tokens/1?limit=1');
    expect(isRefusalOf('limit', withMore)).toBe(true);
    api.expectAsDescribed(ONE, withMore);
  });
});

/** Whether an answer refuses this parameter and no other. */
function isRefusalOf(name: string, reply: Reply): boolean {
  if (reply.status !== 400) return false;
  const { message, details } = reply.json<{ message: string; details: { param: string }[] }>();
  return message.includes(name) && details.length === 1 && details[0]!.param === name;
}

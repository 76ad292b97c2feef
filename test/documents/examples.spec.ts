import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { renderDocument } from '#token-read-model/document.js';
import { decode } from '#token-contract/decode.js';
import { childEnvironment } from '../support/app-environment.js';
import { aTokenEvent } from '../support/builders.js';
import { httpList, waitForPosition } from '../support/clients.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { codeBlocks, sectionOf } from './markdown.js';
import { documents, textOf } from './project-files.js';

const run = promisify(execFile);
const CUSTOMER = 67890;

/** The one code block of a language below a heading. */
function example(path: string, heading: string, language: string): string {
  const [code, ...more] = codeBlocks(sectionOf(textOf(path), heading), language);
  if (code === undefined || more.length > 0)
    throw new Error(`${path} has not exactly one ${language} block: ${heading}`);
  return code;
}

describe('the examples in the documents', () => {
  test.each(documents())('in %s are JSON where they say so', (path) => {
    for (const code of codeBlocks(textOf(path), 'json')) expect(() => JSON.parse(code) as unknown).not.toThrow();
  });

  test('show an event that is taken', () => {
    const event = Buffer.from(example('README.md', 'Publish events', 'json'));
    expect(decode(event)).toMatchObject({ kind: 'event', event: { type: 'token.updated', data: { id: 67890 } } });
  });

  test('show an answer as it is, down to the order of its keys', () => {
    type Shown = Parameters<typeof renderDocument>[0] & { readonly tokenGroupIds: readonly number[] };
    const { data, count } = JSON.parse(example('docs/api.md', 'The answer', 'json')) as {
      data: Shown[];
      count: number;
    };
    expect(count).toBe(data.length);
    for (const token of data)
      expect(JSON.stringify(token)).toBe(renderDocument(token, token.updatedAt, token.tokenGroupIds));
  });
});

describe('what the documents show of requests', () => {
  let system: System;

  beforeAll(async () => {
    system = await startSystem();
    const event = aTokenEvent('token.created', { id: 1, customerId: CUSTOMER });
    await waitForPosition(system.query.url, await publish(system.stream, event));
  });

  /** Runs a snippet against the servers of the test, and then what shows its outcome. */
  async function outcome(language: string, before: string, after: string): Promise<string> {
    const { natsUrl, prefix } = system.stream;
    const snippet = example('docs/api.md', 'Over NATS', language).replaceAll("'tokens.list'", `'${prefix}.list'`);
    const code = `${before}\n${snippet}\nconsole.log(JSON.stringify([count, data[0].customerId]));\n${after}`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], {
      env: childEnvironment({ NATS_URL: natsUrl }),
    });
    return stdout.split('\n')[0]!;
  }

  test('is true of nats.js, which gets its answer', async () => {
    expect(await outcome('js', '', 'await nats.close();')).toBe(`[1,${CUSTOMER}]`);
  });

  test('is true of a Nest ClientProxy, which gets its answer', async () => {
    const imports = `import 'reflect-metadata';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { firstValueFrom, timeout } from 'rxjs';`;
    expect(await outcome('ts', imports, 'await client.close();')).toBe(`[1,${CUSTOMER}]`);
  });

  test('is true of the 400 in docs/api.md, word for word', async () => {
    const { query } = system;
    const shown = JSON.parse(example('docs/api.md', 'Values', 'json')) as { requestId: string };
    const headers = { 'x-request-id': shown.requestId };
    const reply = await httpList(query.url, '?isActive=maybe&limit=0', { headers });
    expect(reply.json()).toEqual(shown);
  });
});

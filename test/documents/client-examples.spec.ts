import { EXAMPLES, type Example } from '../../tools/examples/examples.js';
import { missingFor, runExample, type ExampleSettings } from '../../tools/examples/run-example.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { signToken } from '../support/jwt.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';
import { codeBlocks, sectionOf } from './markdown.js';
import { filesBelow, textOf } from './project-files.js';

/** More than one page of those that the examples walk over. */
const TOKENS = 520;
/** No test downloads anything: what Go needs is there already, or the example is left out. */
const OFFLINE = { GOPROXY: 'off' };
/** It has no end: test/faults/mirrors-killed.spec.ts runs it. */
const MIRROR = 'examples/mirror.ts';
const INSTALLED = EXAMPLES.filter(isInstalled);

function isInstalled(example: Example): boolean {
  const missing = missingFor(example, OFFLINE);
  if (missing !== undefined) process.stderr.write(`examples/${example.file} is left out: ${missing}.\n`);
  return missing === undefined;
}

describe('the examples of clients', () => {
  test('are all in docs/clients.md, as they are', () => {
    const shown = codeBlocks(textOf('docs/clients.md'));
    const unlike = EXAMPLES.filter(({ file }) => !shown.includes(textOf(`examples/${file}`)));
    expect(unlike.map(({ file }) => file)).toEqual([]);
    expect(codeBlocks(textOf('docs/changes.md'))).toContain(textOf(MIRROR));
  });

  test('publish the event that the README shows', () => {
    const [event] = codeBlocks(sectionOf(textOf('README.md'), 'Publish events'), 'json');
    expect(JSON.parse(textOf('examples/event.json'))).toEqual(JSON.parse(event!));
  });

  test('are all run', () => {
    const programs = filesBelow('examples').filter((path) => !/\.(json|mod|sum)$/.test(path));
    expect(programs).toEqual([...EXAMPLES.map(({ file }) => `examples/${file}`), MIRROR].sort());
  });
});

describe('each example of a client', () => {
  let settings: ExampleSettings;

  beforeAll(async () => {
    const { stream, query } = await startSystem();
    const created = Array.from({ length: TOKENS - 1 }, (_, i) => aTokenEvent('token.created', { id: i + 1 }));
    const events = [...created, aTokenEvent('token.created', { id: 67890, customerId: 67890 })];
    await waitForPosition(query.url, await publish(stream, events));
    settings = {
      ...OFFLINE,
      API_URL: query.url,
      NATS_URL: stream.natsUrl,
      NATS_SUBJECT_PREFIX: stream.prefix,
      JWT: await signToken(),
    };
  });

  test.each(INSTALLED.map((example): [string, Example] => [example.file, example]))(
    '%s lists, walks over more than one page, and reads at a position',
    async (_, example) => {
      const printed = await runExample(example, settings);
      expect(printed).toContain(`walked over ${TOKENS} tokens`);
      expect(printed).toMatch(/^(token 67890 is of customer 67890|read again at position \d+|\{"id":67890,.*)$/m);
    },
  );

  test('that the README shows is true', async () => {
    const [snippet] = codeBlocks(sectionOf(textOf('README.md'), 'Use it from your service'), 'ts');
    const here = snippet!
      .replace("'./libs/", "'../libs/")
      .replace("'http://localhost:3000'", 'process.env.API_URL')
      .replace('process.env.JWT!', 'process.env.JWT')
      .replace("'a7:e9'", "'67890'")
      .replace('4711', '1');
    const code = `${here}\nconsole.log('found', data[0].id, totalCount);`;
    const command = [process.execPath, '--import', 'tsx', '--input-type=module', '--eval', code];
    const printed = await runExample({ ...EXAMPLES[0]!, command }, settings);
    expect(printed.split('\n')).toHaveLength(TOKENS + 2);
    expect(printed).toContain('found 67890 1\n');
  });
});

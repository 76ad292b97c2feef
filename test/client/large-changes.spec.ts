import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { childEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { waitForPosition } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { signToken } from '../support/jwt.js';
import { OwnProcess } from '../support/own-process.js';
import { publish } from '../support/publish.js';
import { startSystem, type System } from '../support/system.js';
import { callerAt, DOORS } from './callers.js';

const [RECIPE] = codeBlocks(sectionOf(textOf('docs/changes.md'), 'As events'), 'js');
const TOKENS = 40;

let system: System;

// Ends of a line in JavaScript, but not in events.
const commentOf = (id: number) => `a\u2028b\u2029c: ${id}`;
const filling = 'x'.repeat(3_900);

beforeAll(async () => {
  // Not all tokens fit into one answer.
  system = await startSystem({ ANSWER_MAX_BYTES: '65536' });
  const tokens = Array.from({ length: TOKENS }, (_, i) => ({ id: i + 1, comment: commentOf(i + 1) + filling }));
  const events = tokens.map((token) => aTokenEvent('token.created', token));
  await waitForPosition(system.query.url, await publish(system.stream, events));
});

test.each(DOORS)('the client reads changes that are too large for one answer in several, over %s', async (door) => {
  const { client } = callerAt(door, { url: system.query.url, stream: system.stream });
  const idsOfAll = async () => {
    const ids: number[] = [];
    for await (const { data } of client.changes({ wait: 0 })) ids.push(...data.map(({ id }) => id));
    return ids;
  };
  await expect(idsOfAll()).resolves.toEqual(Array.from({ length: TOKENS }, (_, i) => i + 1));
});

test('the program for events in docs/changes.md reads any text, and goes on where the page was too large', async () => {
  const code = RECIPE!
    .replace('http://localhost:3000', system.query.url)
    .replace('setTimeout(resolve, 2_000)', 'setTimeout(resolve, 20)')
    .replace(
      'const tokens = new Map();',
      '$& setInterval(() => console.log(JSON.stringify([...tokens.values()].map(({ comment }) => comment.slice(0, -3_900)))), 50);',
    );
  const mirror = new OwnProcess('mirror', process.execPath, ['--input-type=module', '--eval', code], {
    env: childEnvironment({ JWT: await signToken() }),
    stopSignal: 'SIGKILL',
  });
  atEnd('ending the mirror', async () => {
    mirror.signal('SIGKILL');
    await mirror.exited;
  });
  const all = JSON.stringify(Array.from({ length: TOKENS }, (_, i) => commentOf(i + 1)));
  await eventually('all tokens', () => mirror.output.includes(all), { details: () => mirror.output.slice(-2_000) });
});

import { codeBlocks, sectionOf } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { childEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { aTokenEvent } from '../support/builders.js';
import { eventually } from '../support/eventually.js';
import { OwnProcess } from '../support/own-process.js';
import { startQuery } from '../support/processes.js';
import { publish } from '../support/publish.js';
import { startSystem } from '../support/system.js';

const [RECIPE] = codeBlocks(sectionOf(textOf('docs/changes.md'), 'A live mirror over NATS'), 'js');

/** The program of docs/changes.md, which prints how many tokens it has, and what went unanswered. */
function runRecipe(natsUrl: string, prefix: string): OwnProcess {
  const code = RECIPE!
    .replace("'tokens.changes'", `'${prefix}.changes'`)
    .replace('const tokens = new Map();', '$& setInterval(() => console.log(`tokens: ${tokens.size};`), 50);')
    .replace('.catch(() => undefined)', '$&.then((reply) => (reply ?? console.log("unanswered"), reply))');
  const mirror = new OwnProcess('mirror', process.execPath, ['--input-type=module', '--eval', code], {
    env: childEnvironment({ NATS_URL: natsUrl }),
    stopSignal: 'SIGKILL',
  });
  atEnd('ending the mirror', async () => {
    mirror.signal('SIGKILL');
    await mirror.exited;
  });
  return mirror;
}

test('the live mirror of docs/changes.md goes on after the query app was away', async () => {
  const { stream, query, env } = await startSystem();
  await publish(stream, aTokenEvent('token.created', { id: 1 }));
  const mirror = runRecipe(stream.natsUrl, stream.prefix);
  const has = (text: string) =>
    eventually(text, () => mirror.output.includes(text), { within: 20_000, details: () => mirror.output });
  await has('tokens: 1;');
  await query.stop();
  await has('unanswered');
  await publish(stream, aTokenEvent('token.created', { id: 2 }));
  await startQuery(env);
  await has('tokens: 2;');
  expect(mirror.isRunning).toBe(true);
});

import { execFile, spawnSync } from 'node:child_process';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { atEnd } from '../support/at-end.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { OwnProcess } from '../support/own-process.js';
import { codeBlocks, sectionOf } from './markdown.js';
import { textOf } from './project-files.js';

const PAGES = ['README.md', 'docs/api.md', 'docs/changes.md', 'docs/events.md'];
const HAS_NATS = spawnSync('nats', ['--version'], { stdio: 'ignore' }).status === 0;
/** An error ends a block. A stream without end is cut. */
const SHELL = `set -eo pipefail
curl() { command curl --fail --max-time 5 "$@" || [ $? = 28 ]; }
nats() {
  ${HAS_NATS ? 'answer=$(command nats "$@" 2>&1)' : 'answer='}
  echo "$answer"
  case $answer in *Nats-Service-Error*) return 1 ;; esac
}`;

/** What a reader pastes after the line of the demo. The logins of deploy/nats-server.conf are not those of the demo. */
const COMMANDS = PAGES.flatMap((page) =>
  codeBlocks(textOf(page), 'sh')
    .filter((code) => code.includes('localhost:3000') || (HAS_NATS && /^nats (request|publish)/m.test(code)))
    .map((code): [string, string] => [page, code]),
);

/** Without the servers of the tests: the demo starts its own. */
function demoEnvironment(): NodeJS.ProcessEnv {
  const { NATS_URL: _nats, DATABASE_URL: _database, ...env } = process.env;
  return env;
}

describe('the demo', () => {
  let exportLine: string;
  let folder: string;
  let port: number;

  beforeAll(async () => {
    port = await freePort(4222);
    const demo = new OwnProcess('demo', process.execPath, ['--import', 'tsx', 'tools/demo/main.ts'], {
      env: demoEnvironment(),
      stopSignal: 'SIGINT',
    });
    atEnd('stopping the demo', async () => {
      demo.signal('SIGINT');
      await demo.exited;
    });
    const line = () => {
      if (!demo.isRunning) throw new Error(demo.output);
      return /^export .*$/m.exec(demo.output)?.[0];
    };
    exportLine = await eventually('the line to paste', line, { within: 100_000, details: () => demo.output });
    folder = await mkdtemp(join(tmpdir(), 'charging-tokens-demo-'));
    atEnd('removing what the commands have written', () => rm(folder, { recursive: true }));
    await symlink(resolve('examples'), join(folder, 'examples'));
  }, 120_000);

  async function pasted(code: string, cwd = folder): Promise<string> {
    const host = /API_URL='http:\/\/([^']*)'/.exec(exportLine)![1]!;
    const script = `${exportLine}\n${SHELL}\n${code.replaceAll('localhost:3000', host)}`;
    return (await promisify(execFile)('bash', ['-c', script], { cwd, timeout: 30_000, maxBuffer: 100_000_000 })).stdout;
  }

  test('has its nats-server at the port that the documents name, where it is free', () => {
    const used = Number(/NATS_URL='nats:\/\/127\.0\.0\.1:(\d+)'/.exec(exportLine)![1]);
    expect(used === 4222).toBe(port === 4222);
  });

  test.each(COMMANDS)('answers what %s says to paste: %s', async (_, code) => {
    const printed = await pasted(code);
    if (code.includes(' -o ')) return;
    expect(printed).toMatch(/67890/.test(code) && !code.includes('publish') ? /"id":67890,/ : /\S/);
  });

  test('answers uids and labels as docs/api.md shows', async () => {
    const section = sectionOf(textOf('docs/api.md'), 'Uids and labels');
    type Shown = { data: { token: { id: number } | null }[] };
    const [shown] = codeBlocks(section, 'json').map((code) => JSON.parse(code) as Shown);
    const answer = JSON.parse(await pasted(codeBlocks(section, 'sh')[0]!)) as Shown;
    const withIds = ({ data }: Shown) => data.map((one) => ({ ...one, token: one.token && one.token.id }));
    expect(withIds(answer)).toEqual(withIds(shown!));
  });

  test('says 304 to the second request of a caller who polls', async () => {
    const poll = codeBlocks(textOf('docs/api.md'), 'sh').find((code) => code.includes('If-None-Match'));
    expect(await pasted(poll!)).toContain('HTTP/1.1 304 Not Modified');
  });

  test('exports the tokens of the customer whom docs/api.md names', async () => {
    const [code] = codeBlocks(sectionOf(textOf('docs/api.md'), 'Export'), 'sh');
    const csv = await pasted(`${code!}\ncat tokens.csv`);
    expect(csv).toContain('\n67890,67890,rfid,A7E942F1C8D036B5A429,');
  });

  test('takes a JWT that tokenctl makes with the line to paste', async () => {
    const list = `curl -s -H "Authorization: Bearer $JWT" "$API_URL/v2/tokens"`;
    const made = await pasted(`JWT=$(node dist/bin/tokenctl.js jwt --customers 67890)\n${list}`, process.cwd());
    expect(JSON.parse(made)).toMatchObject({ count: 1, data: [{ id: 67890 }] });
  });
});

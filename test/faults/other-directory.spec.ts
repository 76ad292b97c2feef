import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { childEnvironment, type AppEnvironment } from '../support/app-environment.js';
import { atEnd } from '../support/at-end.js';
import { eventually } from '../support/eventually.js';
import { freePort } from '../support/free-port.js';
import { JWT_SECRET } from '../support/jwt.js';
import { OwnProcess } from '../support/own-process.js';

const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };

describe('a program run from a directory other than that of the project', () => {
  const run = (app: string, args: readonly string[], env: AppEnvironment = {}) => {
    const command = [resolve(`dist/bin/${app}.js`), ...args];
    const options = { env: childEnvironment(env), cwd: '/', stopSignal: 'SIGTERM' } as const;
    const running = new OwnProcess(app, process.execPath, command, options);
    atEnd(`stopping ${app}`, async () => void (await running.stop(10_000)));
    return running;
  };

  test.each([
    ['query', 'HTTP_PORT'],
    ['projector', 'PROJECTOR_HTTP_PORT'],
  ])('is the %s app, which starts and knows its version', async (app, portSetting) => {
    const [nobody, port] = [await freePort(), await freePort()];
    const running = run(app, [], {
      DATABASE_URL: `postgres://nobody:nothing@127.0.0.1:${nobody}/none`,
      NATS_URL: `nats://127.0.0.1:${nobody}`,
      HTTP_HOST: '127.0.0.1',
      [portSetting]: String(port),
      JWT_SECRET,
    });
    const url = `http://127.0.0.1:${port}`;
    const look = async () => (running.isRunning ? (await fetch(`${url}/health/live`)).ok && 'up' : running.output);
    expect(await eventually(`${app} to start or to end`, look, { within: 30_000 })).toBe('up');
    if (app !== 'query') return;
    expect(await (await fetch(`${url}/openapi.json`)).json()).toMatchObject({ info: { version } });
  });

  test('is tokenctl, which tells its version', async () => {
    const tokenctl = run('tokenctl', ['--version']);
    await tokenctl.exited;
    expect(tokenctl.output).toBe(`${version}\n`);
  });
});

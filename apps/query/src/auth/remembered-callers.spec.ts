import { MOST_CHARACTERS, RememberedCallers } from './remembered-callers.js';
import { EVERYTHING } from './scope.js';

describe('remembered callers', () => {
  const caller = { scope: EVERYTHING, name: 'one', expiresAt: Date.now() + 3_600_000 };

  test('are known by their JWT, until it expires', () => {
    const callers = new RememberedCallers();
    callers.add('a', caller);
    callers.add('b', { ...caller, expiresAt: Date.now() - 1 });
    expect(['a', 'b', 'c'].map((token) => callers.find(token))).toEqual([caller, undefined, undefined]);
  });

  test('are as many as fit into their memory, the last ones, however long their JWTs are', () => {
    const callers = new RememberedCallers();
    const jwt = (i: number) => `${String(i).padStart(5, '0')}${'x'.repeat(31_000)}`;
    for (let i = 0; i < 300; i += 1) callers.add(jwt(i), caller);
    for (let i = 290; i < 300; i += 1) callers.add(jwt(i), caller);
    expect(callers.characters).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(callers.characters).toBeGreaterThan(MOST_CHARACTERS - 31_005);
    expect([callers.find(jwt(0)), callers.find(jwt(299))]).toEqual([undefined, caller]);
    for (let i = 0; i < 1_500; i += 1) callers.add(String(i), caller);
    expect(callers.characters).toBeLessThan(5_000);
  });
});

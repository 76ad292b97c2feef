import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ServiceError } from '#service-runtime/service-error.js';
import { ListTokensRequest } from '../list-tokens/list-tokens.request.js';
import { RepeatedParametersPipe } from './parameters.pipe.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function usedHeap(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

describe('a request that callers send again and again', () => {
  const pipe = new RepeatedParametersPipe();
  const read = (raw: unknown) => pipe.transform(raw, { type: 'custom', metatype: ListTokensRequest });

  test('is read once, and nobody can change it', () => {
    const request = read({ limit: '10', type: 'rfid' });
    expect(request).toMatchObject({ limit: 10, type: 'rfid', offset: 0 });
    expect(read({ limit: '10', type: 'rfid' })).toBe(request);
    expect(Object.isFrozen(request)).toBe(true);
  });

  test.each([
    [{ limit: '20' }, { limit: 20 }],
    [{ limit: 20 }, { limit: 20 }],
    [{ search: '20' }, { search: '20' }],
    [{ ids: '1,2' }, { ids: [1, 2] }],
    [{}, { limit: 500 }],
  ])('is that of its own parameters: %j', (raw, request) => {
    for (let time = 0; time < 2; time += 1) expect(read(raw)).toMatchObject(request);
  });

  test.each([[{ limit: '0' }], [{ limt: '10' }], [{ limit: ['10', '10'] }], [null], ['limit=10'], [[]]])(
    'is refused each time it is wrong: %j',
    (raw) => {
      for (let time = 0; time < 2; time += 1) expect(() => read(raw)).toThrow(ServiceError);
    },
  );

  test('keeps nothing of the URL that its texts are parts of', () => {
    const before = usedHeap();
    for (let i = 0; i < 300; i += 1)
      read({ search: `a search of some ${1_000_000 + i}${'&'.repeat(40_000)}`.slice(0, 24) });
    expect(usedHeap() - before).toBeLessThan(3_000_000);
  });

  test('is not kept where it is long', () => {
    const raw = { ids: Array.from({ length: 400 }, (_, i) => i + 1).join(','), type: 'rfid' };
    expect(read(raw)).not.toBe(read(raw));
  });
});

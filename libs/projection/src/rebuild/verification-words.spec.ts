import type { Difference } from '../job.js';
import { findingsInWords, notSoMany, repairInWords } from './verification-words.js';

const wrong: Difference = { table: 'tokenSearch', key: '8', kind: 'missing' };
const untold = (key: string): Difference => ({ table: 'token', key, kind: 'extra', isUntold: true });

describe('the words of a verification', () => {
  test('tell rows that no event tells of from other differences', () => {
    expect(findingsInWords([wrong], 'at position 9')).toBe('1 difference at position 9');
    expect(findingsInWords([wrong, untold('5')], 'at position 9')).toBe(
      '2 differences at position 9; 1 row has no event among those that were read (token 5)',
    );
  });

  test('name the first of them, and the command that removes them', () => {
    const left = ['1', '2', '3', '4'].map(untold);
    expect(repairInWords(10, [...left, wrong], 'ARCHIVE', 'tokenctl')).toBe(
      'repaired 5 differences; 4 rows have no event among those that were read (token 1, token 2, token 3, ...), left as they are (5 differences); to remove: tokenctl verify --repair --stream ARCHIVE --remove-untold 4',
    );
    expect(repairInWords(10, [], null, 'tokenctl')).toBe('repaired 10 differences');
    expect(notSoMany(1, 2)).toBe('1 row has no event among those that were read, not 2: this attempt changed nothing');
  });
});

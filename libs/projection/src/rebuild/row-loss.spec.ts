import { isTooMuch, lossInWords } from './row-loss.js';

describe('a loss of tokens', () => {
  test.each([
    { from: 50_000, to: 1_000, percent: 10, isAsked: true },
    { from: 50_000, to: 45_000, percent: 10, isAsked: false },
    { from: 50_000, to: 44_999, percent: 10, isAsked: true },
    { from: 150, to: 51, percent: 10, isAsked: false },
    { from: 150, to: 50, percent: 10, isAsked: true },
    { from: 1_000, to: 50_000, percent: 0, isAsked: false },
    { from: 1_000, to: 901, percent: 0, isAsked: false },
    { from: 1_000, to: 0, percent: 100, isAsked: false },
  ])('of $from to $to where $percent % may go is asked about: $isAsked', ({ percent, isAsked, ...loss }) => {
    expect(isTooMuch(loss, percent)).toBe(isAsked);
  });

  test('is told in numbers that people can read', () => {
    expect(
      lossInWords(
        { words: { rows: 'tokens', subjects: 'tokens', model: 'list', tool: 'tokenctl', projector: 'projector' } },
        { from: 50_000, to: 1_000 },
      ),
    ).toBe('the list would go from 50,000 to 1,000 tokens');
  });
});

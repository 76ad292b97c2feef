import { Summary } from './summary.js';

describe('Summary', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const written = (singles?: number) => {
    const lines: [string, number][] = [];
    return { lines, summary: new Summary<string>((line, count) => lines.push([line, count]), singles) };
  };

  test('writes the first at once, and the rest once in ten seconds as the last of them with their number', () => {
    const { lines, summary } = written();
    for (const line of ['a', 'b', 'c']) summary.add(line);
    expect(lines).toEqual([['a', 1]]);
    jest.advanceTimersByTime(10_000);
    expect(lines.splice(0)).toEqual([
      ['a', 1],
      ['c', 2],
    ]);
    summary.add('d');
    jest.advanceTimersByTime(9_999);
    expect(lines).toEqual([]);
    jest.advanceTimersByTime(1);
    expect(lines.splice(0)).toEqual([['d', 1]]);
    jest.advanceTimersByTime(60_000);
    summary.add('e');
    expect(lines).toEqual([['e', 1]]);
  });

  test('writes several as they are where each of them matters', () => {
    const { lines, summary } = written(3);
    for (const line of ['a', 'b', 'c', 'd', 'e']) summary.add(line);
    jest.advanceTimersByTime(10_000);
    expect(lines).toEqual([
      ['a', 1],
      ['b', 1],
      ['c', 1],
      ['e', 2],
    ]);
  });
});

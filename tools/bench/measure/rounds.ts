import { ROUNDS } from '../options.js';
import { say } from './progress.js';

/**
 * Calls all subjects in turn, A B C A B C, so that a noisy moment of the machine affects them all. Warm-up rounds do not count.
 * @param subjects by name; each returns a figure, or several of them, every time it is called
 */
export async function interleaved<Figures extends object>(
  subjects: { readonly [Name in keyof Figures]: () => Promise<Figures[Name]> },
  { rounds = ROUNDS, warmUps = 1 }: { readonly rounds?: number; readonly warmUps?: number } = {},
): Promise<{ [Name in keyof Figures]: Figures[Name][] }> {
  const names = Object.keys(subjects) as (keyof Figures)[];
  const figures = Object.fromEntries(names.map((name) => [name, []])) as unknown as {
    [Name in keyof Figures]: Figures[Name][];
  };
  for (let round = 1 - warmUps; round <= rounds; round += 1) {
    for (const name of names) {
      say(`${round <= 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${String(name)}`);
      const figure = await subjects[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

import { ROUNDS } from '../options.js';
import { say } from './progress.js';

/**
 * Calls all subjects in turn, A B C A B C, so that a noisy moment of the machine meets them all alike. The first round
 * warms up and does not count.
 * @param subjects by name; each gives a figure, or several of them, every time it is called
 */
export async function interleaved<Name extends string, Figure = number>(
  subjects: Readonly<Record<Name, () => Promise<Figure>>>,
  rounds = ROUNDS,
): Promise<Record<Name, Figure[]>> {
  const names = Object.keys(subjects) as Name[];
  const figures = Object.fromEntries(names.map((name) => [name, [] as Figure[]])) as Record<Name, Figure[]>;
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      say(`${round === 0 ? 'warming up' : `round ${round} of ${rounds}`}: ${name}`);
      const figure = await subjects[name]();
      if (round > 0) figures[name].push(figure);
    }
  }
  return figures;
}

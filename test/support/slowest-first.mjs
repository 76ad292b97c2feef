import Sequencer from '@jest/test-sequencer';
import { slowness } from './slow-files.mjs';

/** The slow files first, so that none of them keeps one worker busy after the others have nothing left to do. */
export default class SlowestFirst extends Sequencer {
  /** The others follow in jest's own order. */
  sort(tests) {
    const rank = ({ path }) => slowness(path) ?? Infinity;
    return super.sort(tests).toSorted((one, other) => (rank(one) === rank(other) ? 0 : rank(one) - rank(other)));
  }
}

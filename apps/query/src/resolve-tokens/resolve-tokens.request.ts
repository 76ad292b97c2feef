import type { Instant } from '#token-contract/instant.js';
import { InstantParameter, TextsParameter } from '../parameters/parameter-kinds.js';

/** Uids and labels in one request. */
export const MOST_IDENTIFIERS = 1_000;
const MOST_CHARACTERS = 255;

/** What a caller has read from cards, vehicles or files, to be resolved to tokens. */
export class ResolveTokensRequest {
  @TextsParameter({
    most: MOST_IDENTIFIERS,
    maxLength: MOST_CHARACTERS,
    description:
      'Whole uids. Letter case, the separators `: - . * _` and space and a leading `VID:` make no difference; ' +
      'a whole RFID uid is also found by its bytes in reverse order.',
    examples: ['04:A7:E9:42:F1:C8:D0'],
  })
  uids?: string[];

  @TextsParameter({
    most: MOST_IDENTIFIERS,
    maxLength: MOST_CHARACTERS,
    description: 'Whole labels, compared in the same way.',
    examples: ['DK.SPI.V03198'],
  })
  labels?: string[];

  @InstantParameter({ description: 'The moment for which the status is judged. Left out: now.' })
  at?: Instant;
}

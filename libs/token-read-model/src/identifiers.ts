import { canonical, reversedBytes, VID_PREFIX, WHOLE_RFID_UID } from './search-text.js';

/** SQL: the canonical uid and the canonical label of a search column. Compared by bytes, which is all that equality needs. */
export const UID_OF_TEXT = `split_part(text, ' ', 1) collate "C"`;
export const LABEL_OF_TEXT = `split_part(text, ' ', 2) collate "C"`;

/** Indexes of the search table: by any part of uid and label, by the whole of each, by app user. With the id, for the newest of many. */
export function identifierIndexes(table: string): string[] {
  return [
    `create index ${table}_text on ${table} using gin (text gin_trgm_ops)`,
    `create index ${table}_uid on ${table} (${UID_OF_TEXT}, id)`,
    `create index ${table}_label on ${table} (${LABEL_OF_TEXT}, id) where ${LABEL_OF_TEXT} <> ''`,
    `create index ${table}_app_user on ${table} (app_user_id, id) where app_user_id is not null`,
  ];
}

/** A canonical text that a whole uid or label is looked up by. */
export interface Spelling {
  readonly text: string;
  /** As it was asked for, or with its bytes reversed. */
  readonly isReversed: boolean;
  /** The stored identifier must begin with `VID:`, which was not asked for. */
  readonly isOfVid: boolean;
}

/**
 * What a stored uid or label may be if it is the same as a given one: compared as a search does, but as a whole. `VID:` makes no difference
 * on either side.
 */
export function spellingsOf(kind: 'uid' | 'label', identifier: string): Spelling[] {
  const asStored = canonical(identifier);
  const trimmed = identifier.trim();
  const whole = canonical(trimmed);
  const bare = canonical(trimmed.replace(VID_PREFIX, ''));
  const asAsked = { isReversed: false, isOfVid: false };
  // A stored text keeps such white space at its ends as is no separator, for instance a tab.
  const untrimmed = asStored === '' || asStored === whole || asStored === bare ? [] : [{ text: asStored, ...asAsked }];
  if (bare === '') return untrimmed;
  return [
    ...untrimmed,
    { text: bare, ...asAsked },
    whole === bare ? { text: `vid${bare}`, isReversed: false, isOfVid: true } : { text: whole, ...asAsked },
    ...(kind === 'uid' && WHOLE_RFID_UID.test(bare)
      ? [{ ...asAsked, text: reversedBytes(bare), isReversed: true }]
      : []),
  ];
}

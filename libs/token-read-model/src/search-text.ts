const SEPARATORS = /[:\-.*_ ]/g;
export const VID_PREFIX = /^vid:/i;
export const WHOLE_RFID_UID = /^(?:[0-9a-f]{8}|[0-9a-f]{14}|[0-9a-f]{20})$/;

/** Never part of a canonical text (space is a separator), so no search can match across it. */
const BETWEEN_UID_AND_LABEL = ' ';

/** The form in which identifiers are compared: case folded, without the separators `: - . * _` and space. */
export function canonical(text: string): string {
  return foldCase(text).replaceAll(SEPARATORS, '');
}

/** The contents of the search column for one token: canonical uid, a space, canonical label. */
export function searchText(identifier: { readonly uid: string; readonly label: string | null }): string {
  return canonical(identifier.uid) + BETWEEN_UID_AND_LABEL + canonical(identifier.label ?? '');
}

/** A search in the form that the statements use. Patterns are for `like`, with `%`, `_` and `\` of the search escaped. */
export interface SearchTerm {
  readonly patterns: readonly string[];
  readonly id: number | undefined;
}

/** Reads a trimmed search. undefined: it has only separators and matches nothing. */
export function searchTerm(search: string): SearchTerm | undefined {
  const wanted = canonical(search.replace(VID_PREFIX, ''));
  if (wanted === '') return undefined;
  const patterns = [`%${escapeLike(wanted)}%`];
  if (WHOLE_RFID_UID.test(wanted)) patterns.push(reversedBytes(wanted) + BETWEEN_UID_AND_LABEL + '%');
  const id = /^\d+$/.test(search) ? Number(search) : undefined;
  return { patterns, id: Number.isSafeInteger(id) ? id : undefined };
}

/** Readers disagree on the byte order of RFID uids: `04A2B3C4` and `C4B3A204` are the same card. */
export function reversedBytes(hex: string): string {
  return hex.match(/../g)!.reverse().join('');
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

const ASCII = /^[\x00-\x7f]*$/;

/**
 * Simple Unicode case folding, character by character. `toLowerCase` on the whole text would write a final sigma by its place in the word,
 * so that a part of a word would no longer match the word.
 */
function foldCase(text: string): string {
  return ASCII.test(text) ? text.toLowerCase() : Array.from(text, foldCharacter).join('');
}

function foldCharacter(character: string): string {
  const upper = character.toUpperCase();
  const lower = (isOneCharacter(upper) ? upper : character).toLowerCase();
  return isOneCharacter(lower) ? lower : character;
}

function isOneCharacter(text: string): boolean {
  return text.length === String.fromCodePoint(text.codePointAt(0)!).length;
}

import type { Instant } from '#token-contract/instant.js';
import type { UidForm } from './uid-form.js';

/** The unusual, but valid, properties of a token. */
export interface EdgeCase {
  readonly form?: UidForm;
  /** The uid as it was entered in the field, from the plain uid and a function for the uid of the token before. */
  readonly uid?: (plain: string, previous: () => string) => string;
  readonly expiresAt?: Instant;
  readonly comment?: string;
}

/** One of each kind is among the first 20 tokens, then again in every 500: so small seeds have them, and they do not change the shares. */
const PERIOD = 500;

const EDGE_CASES: ReadonlyMap<number, EdgeCase> = new Map<number, EdgeCase>([
  [10, { form: 'rfid7', uid: (plain) => plain.toLowerCase() }],
  // A leading zero lost in a spreadsheet leaves an odd number of digits.
  [11, { form: 'rfid7', uid: (plain) => plain.slice(1) }],
  // Two readers disagree on byte order: one card enrolled twice.
  [12, { form: 'rfid7' }],
  [13, { form: 'rfid7', uid: (_, previous) => bytes(previous()).reverse().join('') }],
  // One uid in two types.
  [14, { form: 'rfid10' }],
  [15, { form: 'virtual', uid: (_, previous) => previous() }],
  [16, { form: 'mac', uid: (plain) => `VID:${bytes(plain).join(':')}` }],
  [17, { form: 'mac', uid: (plain) => bytes(plain.toLowerCase()).join(':') }],
  [18, { expiresAt: '2999-12-31T23:59:59.999Z' }],
  // 100 characters that are 200 UTF-16 code units and 400 bytes.
  [19, { comment: '🔌🔋🚗🌍😀'.repeat(20) }],
]);

export function edgeCaseOf(id: number): EdgeCase | undefined {
  return EDGE_CASES.get(id % PERIOD);
}

function bytes(hex: string): string[] {
  return hex.match(/../g) ?? [];
}

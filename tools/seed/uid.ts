import type { TokenType } from '#token-contract/events.js';
import { edgeCaseOf } from './edge-cases.js';
import { Random, scramble } from './random.js';
import { PURPOSE } from './seed-world.js';
import type { UidForm } from './uid-form.js';

const VIN_LETTERS = '0123456789ABCDEFGHJKLMNPRSTUVWXYZ';
const MAKERS = ['WVW', 'WBA', 'VF1', 'YV1', '5YJ', 'KNA', 'TMB'] as const;

/** rfid 70 % (4, 7 and 10 bytes: 25, 65 and 10 % of them), virtual 25 %, vehicleId 5 %; cumulative. */
const FORMS: readonly (readonly [UidForm, number])[] = [
  ['rfid4', 0.175],
  ['rfid7', 0.63],
  ['rfid10', 0.7],
  ['virtual', 0.95],
  ['mac', 0.985],
  ['vin', 1],
];

/** A token's type and uid. Uids are unique, except for the deliberate pairs of `edge-cases.ts`, and need no memory for that. */
export function uidOf(seed: number, id: number): { readonly type: TokenType; readonly uid: string } {
  const random = new Random(seed, id, PURPOSE.uid);
  const drawn = random.fraction();
  const edgeCase = edgeCaseOf(id);
  const form = edgeCase?.form ?? FORMS.find(([, end]) => drawn < end)![0];
  const uid = uidOfForm(form, random, scramble(id, seed));
  return { type: typeOf(form), uid: edgeCase?.uid?.(uid, () => uidOf(seed, id - 1).uid) ?? uid };
}

function typeOf(form: UidForm): TokenType {
  switch (form) {
    case 'rfid4':
    case 'rfid7':
    case 'rfid10':
      return 'rfid';
    case 'virtual':
      return 'virtual';
    case 'mac':
    case 'vin':
      return 'vehicleId';
  }
}

/** Every form holds the whole of `unique` at the same place, so that two uids of one length differ in any two forms. */
function uidOfForm(form: UidForm, random: Random, unique: number): string {
  switch (form) {
    case 'rfid4':
      return hex(unique, 8);
    case 'rfid7':
      return `04${hex(random.below(0x10000), 4)}${hex(unique, 8)}`;
    case 'mac':
      return `${hex(random.below(0x10000), 4)}${hex(unique, 8)}`;
    case 'rfid10':
    case 'virtual':
      return `${hex(random.uint32(), 8)}${hex(random.below(0x10000), 4)}${hex(unique, 8)}`;
    case 'vin':
      return random.pick(MAKERS) + inVinLetters(random.uint32()) + inVinLetters(unique);
  }
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}

/** Seven characters hold 32 bits; a VIN never has I, O or Q. */
function inVinLetters(number: number): string {
  let text = '';
  for (let rest = number; text.length < 7; rest = Math.floor(rest / VIN_LETTERS.length)) {
    text = VIN_LETTERS[rest % VIN_LETTERS.length]! + text;
  }
  return text;
}

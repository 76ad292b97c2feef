import type { Random } from './random.js';

const BILLING = [
  'Bil',
  'Kostenstelle',
  'PO-2025-',
  'Afd. Ærø',
  'Flåde',
  'Vozidlo č.',
  'Αυτοκίνητο',
  '東京支店',
  'مركبة',
] as const;

const COMMENTS = [
  'This is a comment',
  'Replacement card, the old one was lost',
  'Udlånsbil til værkstedet i Århus',
  'Nur für den Außendienst, Mo–Fr',
  'Carte de réserve « accueil »',
  'Karta zapasowa, biuro w Łodzi',
  'Гостевая карта',
  '来客用カード',
  'כרטיס אורח',
  'Pool car 🚗 returns Friday',
  'Family 👨‍👩‍👧, see ticket #4711',
  'Combining: Cafe\u0301 Zu\u0308rich',
  'Imported from CSV; "quoted", 100 % of it\\with a backslash',
  'first line\nsecond line',
  'x'.repeat(100),
] as const;

export function billingReference(random: Random): string | null {
  return random.chance(0.4) ? `${random.pick(BILLING)} ${random.below(10_000)}` : null;
}

export function comment(random: Random): string | null {
  return random.chance(0.25) ? random.pick(COMMENTS) : null;
}

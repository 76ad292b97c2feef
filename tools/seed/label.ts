import type { TokenType } from '#token-contract/events.js';
import { Random } from './random.js';
import { PURPOSE } from './seed-world.js';

const LETTERS = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789';

/** The text that is printed on the card or shown in the app; one card in ten has none. */
export function labelOf(seed: number, id: number, type: TokenType, customerId: number): string | null {
  const random = new Random(seed, id, PURPOSE.label);
  switch (type) {
    case 'rfid':
      return random.chance(0.1) ? null : cardLabel(random, id);
    case 'virtual':
      return `SpiriiGo-custId-${customerId}`;
    case 'vehicleId':
      return `EVBUS.${String(id).padStart(4, '0')}`;
  }
}

function cardLabel(random: Random, id: number): string {
  const drawn = random.fraction();
  if (drawn < 0.6) return `DK.SPI.V${String(id).padStart(5, '0')}`;
  if (drawn < 0.8) return `DK.SPI.${String(id).padStart(7, '0')}`;
  if (drawn < 0.87) return `DE-8EO-C${letters(random, 8)}-${random.below(10)}`;
  if (drawn < 0.94) return `DE*8EO*A${letters(random, 7)}*${random.below(10)}`;
  return `NL-LMS-${String(id).padStart(7, '0')}-${random.pick(['0', '7', 'X'])}`;
}

function letters(random: Random, count: number): string {
  return Array.from({ length: count }, () => LETTERS[random.below(LETTERS.length)]).join('');
}

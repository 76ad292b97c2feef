import { aTokenEvent, type CloudEvent } from '../support/builders.js';
import type { Doors } from './doors.js';
import { startWorld } from './world.js';

/** uid and label of every token; the label of 20 and the uid of 21 would give "aabb" if they were one text. */
const TOKENS: Readonly<Record<number, readonly [uid: string, label: string | null]>> = {
  7: ['04A7E942F1C8D0', 'DK.SPI.V03198'],
  8: ['04AF34C2B19A80', null],
  42: ['D0C8F142E9A704', 'second of the twins'],
  43: ['DEADBEEF', 'four bytes'],
  44: ['A7E942F1C8D036B5A429', 'ten bytes'],
  45: ['0102030405', 'five bytes'],
  46: ['010203040506', 'six bytes'],
  47: ['0102030405060708090A0B', 'eleven bytes'],
  48: ['de:ad:be:01', 'with separators'],
  50: ['VID:92:D5:0A:4B:C6:F3', 'EVBUS.0007'],
  51: ['92-d5-0a-4b-c6-99', 'lower case in the field'],
  52: ['WVWZZZ1JZXW000001', 'a VIN'],
  60: ['BEEFCAFE', 'DE*8EO*Aet5e4*3'],
  61: ['CAFE0001', 'NL-LMS-0123456-X'],
  70: ['50505050', '100% sure'],
  71: ['51515151', 'under_score'],
  72: ['52525252', 'back\\slash'],
  73: ['53535353', 'a percent: 100x'],
  80: ['80808080', 'Ærø Gebühr ΟΔΟΣ'],
  81: ['81818181', 'ЗАРЯДКА Straße'],
  82: ['82828282', '充電 🚗'],
  90: ['FFFFAA', 'BB end'],
  1234567: ['11111111', 'long id'],
  9007199254740991: ['22222222', 'the largest id'],
};
const ALL = Object.keys(TOKENS).map(Number);

/** What is searched for, and which tokens that finds. */
type Case = readonly [search: string, ids: readonly number[]];

const BY_ID: readonly Case[] = [
  ['42', [42, 7, 44]],
  ['0042', [42]],
  ['00000000000000000000000000000000000000000000000042', [42]],
  ['1234567', [1234567]],
  ['123456', [61]],
  ['9007199254740991', [9007199254740991]],
  ['9007199254740992', []],
  ['9007199254740993', []],
  ['90071992547409910', []],
  ['99999999999999999999999999999999999999999999999999', []],
  ['-1234567', []],
  ['1234567.0', []],
  ['+1234567', []],
  ['1,234,567', []],
  ['0x2A', []],
  ['１２３４５６７', []],
];

const BY_UID: readonly Case[] = [
  ['04A7E942F1C8D0', [7, 42]],
  ['04a7e942f1c8d0', [7, 42]],
  ['04:A7:E9:42:F1:C8:D0', [7, 42]],
  ['04 a7 e9 42 f1 c8 d0', [7, 42]],
  ['04-A7.E9*42_F1:C8 D0', [7, 42]],
  [':::04A7E942F1C8D0...', [7, 42]],
  ['A7E942F1C8D0', [7, 44]],
  ['e9:42', [7, 44]],
  ['7E94', [7, 44]],
  ['WVWZZZ1JZXW000001', [52]],
  ['wvw zzz', [52]],
];

const WITH_VID: readonly Case[] = [
  ['VID:92:D5:0A:4B:C6:F3', [50]],
  ['vid:92d50a4bc6f3', [50]],
  ['Vid:92D5', [50, 51]],
  ['92D50A4BC6F3', [50]],
  ['VID:04A7E942F1C8D0', [7, 42]],
  ['VID:WVWZZZ', [52]],
  ['VID:spi', [7]],
  ['VID:-beef', [43, 60]],
  ['VID', [50]],
  ['VID:VID:92', [50]],
  ['XVID:92', []],
];

const REVERSED: readonly Case[] = [
  ['EFBEADDE', [43]],
  ['ef:be:ad:de', [43]],
  ['VID:EFBEADDE', [43]],
  ['D0C8F142E9A704', [42, 7]],
  ['29A4B536D0C8F142E9A7', [44]],
  ['01BEADDE', [48]],
  ['0504030201', []],
  ['060504030201', []],
  ['0B0A090807060504030201', []],
  ['F3C64B0AD592', []],
  // The bytes of a part, half bytes in reverse, digits in reverse.
  ['ADDE', []],
  ['FEEBDAED', []],
  ['BEADDE', []],
  // A reversed uid must be the whole uid: FECAEFBE backwards is the uid of 60, C8F142E9 is a part of 7 backwards.
  ['FECAEFBE', [60]],
  ['C8F142E9', [42]],
];

const BY_LABEL: readonly Case[] = [
  ['DK.SPI.V03198', [7]],
  ['dkspiv03198', [7]],
  ['dk-spi', [7]],
  ['spi v03', [7]],
  ['V03198', [7]],
  ['DE8EOAet5e43', [60]],
  ['de-8eo', [60]],
  ['NL*LMS*0123456*X', [61]],
  ['lowercase', [51]],
  ['the twins', [42]],
];

const IN_ANY_CASE: readonly Case[] = [
  ['ærø', [80]],
  ['ÆRØ', [80]],
  ['GEBÜHR', [80]],
  ['οδος', [80]],
  ['οδοσ', [80]],
  ['ΟΔΟΣ', [80]],
  ['δοσ', [80]],
  ['зарядка', [81]],
  ['STRAßE', [81]],
  ['straẞe', [81]],
  ['充電', [82]],
  ['🚗', [82]],
];

const PLAIN_CHARACTERS: readonly Case[] = [
  ['%', [70]],
  ['100%', [70]],
  ['1%0', []],
  ['0%s', [70]],
  ['%%', []],
  ['\\', [72]],
  ['back\\slash', [72]],
  ['\\\\', []],
  ['\\%', []],
  ['k\\s', [72]],
  // An underscore is a separator: it neither matters nor stands for one character.
  ['under_score', [71]],
  ['underscore', [71]],
  ['und_r', []],
  ["'", []],
  ["' or 1=1 --", []],
  ['"; drop table', []],
  ['$1', []],
  ['(', []],
  ['[a-z]', []],
  ['.*', []],
  ['?', []],
  ['null', []],
];

const SHORT: readonly Case[] = [
  ['z', [52]],
  ['Z', [52]],
  ['j', [52]],
  ['zz', [52]],
  ['zx', [52]],
  ['Ø', [80]],
  ['電', [82]],
  ['q', []],
  ['qq', []],
  ['k.', [7, 72]],
];

/** Not one of them may be found across the end of one field and the beginning of the other, in either order. */
const ACROSS: readonly Case[] = [
  ['FFAABB', []],
  ['aa bb', []],
  ['AABBEND', []],
  ['A B', []],
  ['d0dk', []],
  ['V0319804A7', []],
  ['BBFFFF', []],
];

const NOTHING_LEFT: readonly Case[] = ['-', ':', '.', '*', '_', '-:.*_', '- -', '. . .', 'VID:', 'vid: ', 'VID:--'].map(
  (search): Case => [search, []],
);

describe('the search', () => {
  let doors: Doors;

  beforeAll(async () => {
    const events = Object.entries(TOKENS).map(([id, [uid, label]]): CloudEvent =>
      aTokenEvent('token.created', { id: Number(id), identifier: { uid, label } }),
    );
    ({ doors } = await startWorld(events));
  });

  const idsFor = async (search: string): Promise<{ ids: number[]; count: number }> => {
    const reply = await doors.list({ search, limit: 1000 });
    expect(reply.status).toBe(200);
    const { data, count } = reply.json<{ data: { id: number }[]; count: number }>();
    return { ids: data.map(({ id }) => id).sort((a, b) => a - b), count };
  };
  const finds = async (search: string, ids: readonly number[]): Promise<void> =>
    expect(await idsFor(search)).toEqual({ ids: [...ids].sort((a, b) => a - b), count: ids.length });

  test.each(BY_ID)('%j finds a token by its whole id: %j', finds);
  test.each(BY_UID)('%j finds what has it in its uid, whatever the case and the separators: %j', finds);
  test.each(WITH_VID)('%j finds the same as without a leading VID: %j', finds);
  test.each(REVERSED)('%j finds the uid with its bytes the other way round where it is a whole RFID uid: %j', finds);
  test.each(BY_LABEL)('%j finds what has it in its label, whatever the case and the separators: %j', finds);
  test.each(IN_ANY_CASE)('%j finds labels in any script and case: %j', finds);
  test.each(PLAIN_CHARACTERS)('%j has no wildcards and no syntax: %j', finds);
  test.each(SHORT)('%j is short, and exact all the same: %j', finds);
  test.each(ACROSS)('%j is not found across uid and label: %j', finds);
  test.each(NOTHING_LEFT)('%j is made of separators alone and finds nothing: %j', finds);

  test.each(['0', '1', '8', 'e', 'a'])('%j, found in nearly every token, counts them all', async (search) => {
    const expected = ALL.filter((id) => {
      const [uid, label] = TOKENS[id]!;
      return String(id) === search || [uid, label ?? ''].some((text) => text.toLowerCase().includes(search));
    });
    expect(expected.length).toBeGreaterThan(5);
    await finds(search, expected);
  });

  test('white space around a search does not count', async () => {
    await finds('  \t1234567\n ', [1234567]);
    await finds(' 0042 ', [42]);
  });
});

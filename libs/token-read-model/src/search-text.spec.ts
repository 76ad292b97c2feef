import { canonical, searchTerm, searchText } from './search-text.js';

describe('search text', () => {
  test.each([
    ['DK.SPI.V03198', 'dkspiv03198'],
    ['a7:E9-42*f1_c8 d0', 'a7e942f1c8d0'],
    ['GRÖSSE', 'grösse'],
    ['ΣΑΣ', 'σασ'],
    ['ς', 'σ'],
  ])('spells %s as %s', (text, spelling) => {
    expect(canonical(text)).toBe(spelling);
  });

  test('keeps uid and label apart by a character no search can contain', () => {
    expect(searchText({ uid: 'AB-12', label: 'x y' })).toBe('ab12 xy');
    expect(searchTerm('2 x')).toEqual({ patterns: ['%2x%'], id: undefined });
  });

  test('takes pattern characters literally', () => {
    expect(searchTerm('50%\\')?.patterns).toEqual(['%50\\%\\\\%']);
  });

  test('matches nothing when made of separators alone', () => {
    expect([':', '-.*_ ', 'VID:', 'vid:-'].map(searchTerm)).toEqual([undefined, undefined, undefined, undefined]);
  });

  test('ignores a leading VID:', () => {
    expect(searchTerm('VID:92:D5')?.patterns).toEqual(['%92d5%']);
  });

  test.each([
    ['04A2B3C4', 'c4b3a204'],
    ['04:A2:B3:C4:D5:E6:F7', 'f7e6d5c4b3a204'],
    ['A7E942F1C8D036B5A429', '29a4b536d0c8f142e9a7'],
  ])('also looks for a whole uid %s with its bytes reversed', (uid, reversed) => {
    expect(searchTerm(uid)?.patterns[1]).toBe(`${reversed} %`);
  });

  test('does not reverse what is no whole uid', () => {
    expect(searchTerm('04A2B3C')?.patterns).toHaveLength(1);
    expect(searchTerm('04A2B3CG')?.patterns).toHaveLength(1);
  });

  test('reads digits as an id too, as long as they can be one', () => {
    expect(searchTerm('0067890')?.id).toBe(67890);
    expect(searchTerm('99999999999999999999')?.id).toBeUndefined();
    expect(searchTerm('12 34')?.id).toBeUndefined();
  });
});

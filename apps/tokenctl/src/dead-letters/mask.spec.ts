import { mask, maskText } from './mask.js';

describe('mask', () => {
  it.each([
    ['A7E942F1C8D036B5A429', '***29'],
    ['12345678', '***78'],
    ['1234567', '***'],
    ['', '***'],
  ])('turns %j into %j', (value, masked) => {
    expect(mask(value)).toBe(masked);
  });
});

describe('maskText', () => {
  it.each([
    ['{"uid":"A7E942F1C8D036B5","comment":"cut o', '{"uid":"***B5","comment":"cut o'],
    ['{"label" : "O\'Hara, card; 17"}', '{"label" : "***17"}'],
    ['{"label":"with \\n escapes \\u00e9"}', '{"label":"***e9"}'],
    ['{"uid":"never closed A7E942F1', '{"uid":"***F1'],
    ["{'uid': 'A7E942F1C8'}", "{'uid': '***C8'}"],
    ['"{\\"uid\\":\\"A7E942F1C8\\",\\"id\\":1}"', '"{\\"uid\\":\\"***C8\\",\\"id\\":1}"'],
    ['UID=A7E942F1C8; label: DK.SPI.V03198\nid: 7', 'UID=***C8; label: ***98\nid: 7'],
    ['{"uid":12345678,"id":7}', '{"uid":***78,"id":7}'],
    ['{"guid":"A7E942F1C8"}', '{"guid":"A7E942F1C8"}'],
    ['nothing of that kind', 'nothing of that kind'],
  ])('turns %j into %j', (text, masked) => {
    expect(maskText(text)).toBe(masked);
  });
});

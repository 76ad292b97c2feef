import { mask, maskText } from './mask.js';

describe('mask', () => {
  test.each([
    ['A7E942F1C8D036B5A429', '***29'],
    ['12345678', '***78'],
    ['1234567', '***'],
    ['', '***'],
  ])('turns %j into %j', (value, masked) => {
    expect(mask(value)).toBe(masked);
  });
});

describe('maskText', () => {
  test.each([
    'uid=04 A2 A7E942F1C8 77; label: Mr Ohara Smith',
    '<uid>A7E942F1C8</uid>',
    '{"label" : "O\'Hara, card; 17"',
    '{\\"UID\\":\\"A7E942F1C8',
  ])('hides %j as a whole', (text) => {
    expect(maskText(text)).toBe(mask(text));
  });

  test.each(['the label of this card is worn', '{"guid":"A7E942F1C8"', 'nothing of that kind'])('shows %j', (text) => {
    expect(maskText(text)).toBe(text);
  });
});

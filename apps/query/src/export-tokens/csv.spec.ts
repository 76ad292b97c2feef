import { EXAMPLE_TOKEN } from '../http/api-schemas.js';
import { CSV_HEADER, csvOf } from './csv.js';

const csv = (change: object) => csvOf([JSON.stringify({ ...EXAMPLE_TOKEN, ...change })]);
/** The last three fields of the line: billingReference, comment, tokenGroupIds. */
const ofTexts = (billingReference: string | null, comment: string | null) =>
  csv({ billingReference, comment }).split(',true,true,true,')[1];

describe('the CSV of tokens', () => {
  test('has a line for the names of its columns, and one for each token', () => {
    expect(CSV_HEADER).toBe(
      'id,customerId,type,uid,label,appUserId,createdAt,updatedAt,validFrom,expiresAt,isActive,roamingEnabled,priorityChargingEnabled,billingReference,comment,tokenGroupIds\r\n',
    );
    expect(csv({})).toBe(
      '67890,67890,rfid,A7E942F1C8D036B5A429,DK.SPI.V03198,12345,2025-06-03T12:00:00.000Z,2025-06-03T12:00:00.000Z,2025-06-03T12:00:00.000Z,2025-12-31T23:59:59.999Z,true,true,true,Bil 246,This is a comment,1 2 5\r\n',
    );
  });

  test('has an empty field for null and for no groups', () => {
    const identifier = { ...EXAMPLE_TOKEN.identifier, label: null, appUserId: null };
    const line = csv({ identifier, expiresAt: null, billingReference: null, comment: null, tokenGroupIds: [] });
    expect(line).toContain(',A7E942F1C8D036B5A429,,,2025-');
    expect(line).toMatch(/Z,,true,true,true,,,\r\n$/);
  });

  test.each([
    ['a, b', '"a, b"'],
    ['say "hi"', '"say ""hi"""'],
    ['two\nlines', '"two\nlines"'],
    ['a\rb', '"a\rb"'],
    [' spaces ', '" spaces "'],
    ['Ærø 😀', 'Ærø 😀'],
  ])('quotes what RFC 4180 wants quoted: %j', (text, field) => {
    expect(ofTexts('x', text)).toBe(`x,${field},1 2 5\r\n`);
  });

  test.each([
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\n=x',
    '=cmd()\nsecond line',
    '＝1',
    '=HYPERLINK("http://x","y")',
  ])('has no text that a spreadsheet would run as a formula: %j', (text) => {
    const field = `"'${text.replaceAll('"', '""')}"`;
    expect(ofTexts(text, text)).toBe(`${field},${field},1 2 5\r\n`);
  });
});

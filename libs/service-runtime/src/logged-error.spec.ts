import { loggedError } from './logged-error.js';

const refused = (code: string) =>
  Object.assign(new Error('as PostgreSQL says'), { code, detail: 'Failing row contains (1, A7E942F1)', where: 'COPY' });

describe('an error in the log', () => {
  test('says nothing of the row that PostgreSQL refused', () => {
    for (const code of ['23514', '22P02']) {
      expect(JSON.stringify(loggedError(refused(code)))).not.toContain('A7E942F1');
      expect(loggedError(refused(code))).toMatchObject({ type: 'Error', message: 'as PostgreSQL says', code });
    }
  });

  test('says nothing of the connection that broke, nor of what was asked on it', () => {
    const lost = Object.assign(new Error('terminated'), { code: '57P01', client: { query: { values: ['A7E942F1'] } } });
    expect(JSON.stringify(loggedError(lost))).not.toContain('A7E942F1');
    expect(loggedError(lost)).toMatchObject({ message: 'terminated', code: '57P01' });
  });

  test('keeps what helps with any other fault', () => {
    expect(loggedError(refused('40P01'))).toMatchObject({ detail: expect.stringContaining('row') as string });
    expect(loggedError(new Error('plain'))).toMatchObject({ message: 'plain', stack: expect.any(String) as string });
  });
});

import { decodeOrReject } from './decode-or-reject.js';

const rejecting = { decode: () => ({ kind: 'rejected', reason: 'no event' }) as const };
const MARKER = [['Nats-Marker-Reason', ['MaxAge']]] as const;
const nothing = new Uint8Array();

describe('a message that the server stored when the messages of a subject expired', () => {
  test('is skipped', () => {
    expect(decodeOrReject(rejecting, nothing, MARKER)).toMatchObject({ kind: 'skipped' });
  });

  test('is none if it has contents, or lacks the header', () => {
    expect(decodeOrReject(rejecting, new Uint8Array(1), MARKER)).toMatchObject({ kind: 'rejected' });
    expect(decodeOrReject(rejecting, nothing, [['ce-type', ['other']]])).toMatchObject({ kind: 'rejected' });
  });
});

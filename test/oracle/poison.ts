import { aTokenState, aTokenEvent } from '../support/builders.js';

/** A message that cannot be applied, by what is wrong with it. */
export interface Poison {
  readonly payload: string | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What its dead letter must say. */
  readonly reason: RegExp;
}

const state = aTokenState({ id: 1 });
const good = aTokenEvent('token.updated', state);
/** The good event with something else in the place of what it holds. */
const spoilt = (change: object): string => JSON.stringify({ ...good, ...change });
const spoiltData = (change: object): string => spoilt({ data: { ...state, ...change } });

/** Every kind of poison the event contract names. */
export const POISON: Readonly<Record<string, Poison>> = {
  'no JSON': { payload: '{"specversion":', reason: /not JSON/ },
  'an empty body': { payload: '', reason: /empty/ },
  'no UTF-8': { payload: Buffer.from([0x7b, 0xff, 0xfe, 0x7d]), reason: /not UTF-8/ },
  'JSON that is no object': { payload: '[1,2]', reason: /no object/ },
  'no type': { payload: spoilt({ type: undefined }), reason: /"type"/ },
  'no id': { payload: spoilt({ id: undefined }), reason: /"id"/ },
  'no data': { payload: spoilt({ data: undefined }), reason: /"data"/ },
  'another specversion': { payload: spoilt({ specversion: '0.3' }), reason: /specversion/ },
  'a missing field': { payload: spoiltData({ validFrom: undefined }), reason: /validFrom/ },
  'a field of another type': { payload: spoiltData({ isActive: 'true' }), reason: /isActive/ },
  'a token type there is none of': {
    payload: spoiltData({ identifier: { ...state.identifier, type: 'nfc' } }),
    reason: /type/,
  },
  'an id beyond 2^53': { payload: spoiltData({}).replace('"id":1,', '"id":9007199254740993,'), reason: /id/ },
  'a version of 0': { payload: spoiltData({ version: 0 }), reason: /version/ },
  'a NUL in a text': { payload: spoiltData({ comment: 'a\0b' }), reason: /comment/ },
  'a lone surrogate in a text': { payload: spoiltData({ billingReference: '\ud83d' }), reason: /billingReference/ },
  'a uid of more than 255 characters': {
    payload: spoiltData({ identifier: { ...state.identifier, uid: '😀'.repeat(256) } }),
    reason: /uid has more than 255 characters/,
  },
  'a label of more than 255 characters': {
    payload: spoiltData({ identifier: { ...state.identifier, label: 'x'.repeat(256) } }),
    reason: /label has more than 255/,
  },
  'a billing reference of more than 1,000 characters': {
    payload: spoiltData({ billingReference: 'x'.repeat(1_001) }),
    reason: /billingReference has more than 1000/,
  },
  'a comment of more than 4,000 characters': {
    payload: spoiltData({ comment: 'x'.repeat(4_001) }),
    reason: /comment has more than 4000/,
  },
  'an event id of more than 1,000 characters': {
    payload: spoilt({ id: 'x'.repeat(900_000) }),
    reason: /"id" has more than 1000/,
  },
  'a source of more than 1,000 characters': {
    payload: spoilt({ source: 'x'.repeat(1_001) }),
    reason: /"source" has more/,
  },
  'an unknown type of more than 1,000 characters': {
    payload: spoilt({ type: 'x'.repeat(1_001) }),
    reason: /"type" has more/,
  },
  'a time that is none': { payload: spoiltData({ updatedAt: '2025-02-30T12:00:00Z' }), reason: /updatedAt/ },
  'an event time that is none': { payload: spoilt({ time: 'yesterday' }), reason: /"time"/ },
  'a membership of nobody': {
    payload: spoilt({ type: 'token-group.tokens-added', data: { tokenGroupId: 1, version: 1, tokenIds: [] } }),
    reason: /tokenIds/,
  },
  'binary mode without its id': {
    payload: JSON.stringify(state),
    headers: { 'ce-type': 'token.updated', 'ce-specversion': '1.0', 'ce-source': '/test', 'ce-time': good.time },
    reason: /"id"/,
  },
};

import { renderDocument } from '#token-read-model/document.js';
import type { TokenState } from '#token-contract/events.js';
import { SCHEMAS } from './api-schemas.js';

const NOON = '2025-06-03T12:00:00.000Z';
const state: TokenState = {
  id: 67890,
  version: 7,
  customerId: 67890,
  identifier: { type: 'rfid', uid: 'A7E942F1C8D036B5A429', label: null, appUserId: null },
  createdAt: NOON,
  updatedAt: NOON,
  validFrom: NOON,
  expiresAt: null,
  isActive: true,
  roamingEnabled: true,
  priorityChargingEnabled: false,
  billingReference: null,
  comment: null,
};

describe('the schema of a token in the description of the API', () => {
  const { properties = {} } = SCHEMAS['Token']!;
  const answered = JSON.parse(renderDocument(state, NOON, [5])) as Record<string, object>;

  test('has the fields of an answer, in their order', () => {
    expect(Object.keys(properties)).toEqual(Object.keys(answered));
    expect(Object.keys(properties['identifier']!.properties!)).toEqual(Object.keys(answered['identifier']!));
  });

  test('says nothing that binds publishers only: bounds of texts and formats of our own', () => {
    expect(JSON.stringify(properties)).not.toMatch(/minLength|maxLength|storable-text|"instant"/);
  });
});

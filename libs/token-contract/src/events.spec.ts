import { Ajv } from 'ajv';
import { DATA_SCHEMAS, EVENT_TYPES } from './events.js';

describe('the schemas of events', () => {
  test.each(EVENT_TYPES)('%s: is a JSON Schema', (type) => {
    const ajv = new Ajv();

    expect(ajv.validateSchema(DATA_SCHEMAS[type])).toBe(true);
  });
});

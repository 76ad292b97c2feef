import { pageJson, pageSize } from './page-json.js';

describe('the JSON of a page', () => {
  test.each([[[]], [['{"id":1}']], [['{"a":"ü😀"}', '{"b":"Ω"}', '{"c":"x"}']]])(
    'is the documents %j and the count',
    (documents) => {
      const bytes = documents.reduce((sum, document) => sum + Buffer.byteLength(document) + 1, 0);
      const json = pageJson(documents, '42', pageSize(bytes, '42'));
      expect(json.toString()).toBe(`{"data":[${documents.join(',')}],"count":42}`);
    },
  );
});

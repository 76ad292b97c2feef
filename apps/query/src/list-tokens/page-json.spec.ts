import { pageJson } from './page-json.js';

describe('the JSON of a page', () => {
  it.each([[[]], [['{"id":1}']], [['{"a":"ü😀"}', '{"b":"Ω"}', '{"c":"x"}']]])(
    'is the documents %j and the count',
    (documents) => {
      expect(pageJson(documents, '42').toString()).toBe(`{"data":[${documents.join(',')}],"count":42}`);
    },
  );
});

const BEFORE = '{"data":[';
const COMMA = ','.charCodeAt(0);

/** The number of bytes of {@link pageJson}. @param bytes of the documents, each with a comma after it */
export function pageSize(bytes: number, count: string): number {
  return BEFORE.length + Math.max(bytes - 1, 0) + after(count).length;
}

/**
 * Joins finished documents to `{"data":[...],"count":n}`. It writes each document once, into the buffer that is sent: 0.1 ms for 500
 * documents. Joining them to one text and encoding that takes 0.6 ms, because one letter beyond Latin-1 makes the whole text two bytes a
 * character.
 * @param size the result of {@link pageSize}
 */
export function pageJson(documents: readonly string[], count: string, size: number): Buffer {
  const json = Buffer.allocUnsafe(size);
  let at = json.write(BEFORE);
  for (const document of documents) {
    if (at > BEFORE.length) json[at++] = COMMA;
    at += json.write(document, at);
  }
  json.write(after(count), at);
  return json;
}

function after(count: string): string {
  return `],"count":${count}}`;
}

import type { FastifyRequest } from 'fastify';
import type { NamedRequest } from '#service-runtime/http/http-watch.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { namedMediaType } from '../http/accepted.js';
import { CSV_HEADER, csvOf } from './csv.js';

export interface ExportFormat {
  readonly mediaType: string;
  /** Of the file that a browser makes of it. */
  readonly fileName: string;
  /** What comes before the first token. */
  readonly header: string;
  readonly textOf: (documents: readonly string[]) => string;
}

export const NDJSON: ExportFormat = {
  mediaType: 'application/x-ndjson',
  fileName: 'tokens.ndjson',
  header: '',
  textOf: (documents) => `${documents.join('\n')}\n`,
};

export const CSV: ExportFormat = {
  mediaType: 'text/csv',
  fileName: 'tokens.csv',
  header: CSV_HEADER,
  textOf: csvOf,
};

const FORMATS = [NDJSON, CSV];

/** What cuts a page out of a list. An export is the whole list, so it would have to ignore them. */
const OF_A_PAGE = ['limit', 'offset', 'cursor'];

/**
 * The format of the export that a request asks for; undefined: it asks for a page.
 * @throws {ServiceError} 400 for an export with a parameter of pages, or over HTTP/1.0
 */
export function wantedExport(request: FastifyRequest & NamedRequest): ExportFormat | undefined {
  const chosen = namedMediaType(
    request.headers.accept,
    FORMATS.map(({ mediaType }) => mediaType),
  );
  const format = FORMATS.find(({ mediaType }) => mediaType === chosen);
  if (!format) return undefined;
  request.nameForWatch = 'export';
  ensureItsEndIsSeen(request);
  const message = `is for pages, and ${format.mediaType} is the whole list: leave it out`;
  const details = OF_A_PAGE.filter((param) => param in (request.query as object)).map((param) => ({ param, message }));
  if (details.length === 0) return format;
  throw new ServiceError(400, `${details.map(({ param }) => `${param} ${message}`).join('; ')}.`, { details });
}

/** Below HTTP/1.1 an answer without a length ends with its connection: what an export had sent before it failed would look whole. */
function ensureItsEndIsSeen({ raw: { httpVersion } }: FastifyRequest): void {
  if (httpVersion === '1.1') return;
  throw new ServiceError(
    400,
    `This request came over HTTP/${httpVersion}, and an export needs HTTP/1.1, which tells the end of an export from a broken connection. A proxy may need a setting for it: proxy_http_version 1.1 for nginx.`,
  );
}

import { negotiate } from '@fastify/accept-negotiator';
import type { FastifyRequest } from 'fastify';
import type { NamedRequest } from '#service-runtime/http/http-watch.js';
import { ServiceError } from '#service-runtime/service-error.js';
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

const PAGE = 'application/json';
/** In the order of preference where a caller accepts several alike. A format that is named comes before one that a wildcard stands for. */
const OFFERED = [PAGE, NDJSON.mediaType, CSV.mediaType, '*/*'];

/** What cuts a page out of a list. An export is the whole list, so it would have to ignore them. */
const OF_A_PAGE = ['limit', 'offset', 'cursor'];

/**
 * The format of the export that a request asks for; undefined: it asks for a page.
 * @throws {ServiceError} 400 for an export with a parameter of pages
 */
export function wantedExport(request: FastifyRequest & NamedRequest): ExportFormat | undefined {
  const format = exportFormatFor(request.headers.accept);
  if (!format) return undefined;
  request.nameForWatch = 'export';
  const message = `is for pages, and ${format.mediaType} is the whole list: leave it out`;
  const details = OF_A_PAGE.filter((param) => param in (request.query as object)).map((param) => ({ param, message }));
  if (details.length === 0) return format;
  throw new ServiceError(400, `${details.map(({ param }) => `${param} ${message}`).join('; ')}.`, { details });
}

/**
 * The format that the caller likes best. undefined: a page in JSON, also where the caller accepts nothing that there is. A wildcard never
 * means an export: nobody gets a whole list without having named it.
 * @param accept the header `Accept`
 */
function exportFormatFor(accept: string | undefined): ExportFormat | undefined {
  if (accept === undefined) return undefined;
  const ranges = accept.toLowerCase().split(',').map(withoutParameters).join();
  const chosen = negotiate(ranges, OFFERED);
  return [NDJSON, CSV].find(({ mediaType }) => mediaType === chosen);
}

/** The negotiator knows no parameter but `q`. */
function withoutParameters(range: string): string {
  const [type = '', ...parameters] = range.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => /^q=[\d.]+$/.test(parameter));
  const named = type.endsWith('/*') ? '*/*' : type;
  return quality === undefined ? named : `${named};${quality}`;
}

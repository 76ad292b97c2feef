import type { FastifyRequest } from 'fastify';
import { CSV, NDJSON, wantedExport } from './export-format.js';

const wanted = (accept: string | undefined) =>
  wantedExport({ headers: { accept }, query: {}, raw: { httpVersion: '1.1' } } as unknown as FastifyRequest)?.mediaType;

describe('the format of an export', () => {
  test.each([
    ['text/csv', CSV],
    ['Text/CSV; charset=utf-8', CSV],
    ['text/csv;header=present;q=0.5, application/json;q=0.4', CSV],
    ['application/x-ndjson', NDJSON],
    ['text/csv;q=0.5, application/x-ndjson', NDJSON],
    ['text/csv, application/x-ndjson', NDJSON],
    ['text/csv, */*', CSV],
    ['text/html, text/csv ; q=0.2', CSV],
  ])('is the one that the caller likes best: %s', (accept, { mediaType }) => {
    expect(wanted(accept)).toBe(mediaType);
  });

  test.each([
    undefined,
    '',
    '*/*',
    'text/*',
    'application/*',
    'application/json',
    'text/csv;q=0.5, application/json',
    'text/csv, application/json',
    'text/csv;q=0, */*;q=0.1',
    'text/csv;q=0.5, */*',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'image/png',
    'text/csvx',
  ])('is a page of JSON where no export is named, or JSON is liked as much: %s', (accept) => {
    expect(wanted(accept)).toBeUndefined();
  });
});

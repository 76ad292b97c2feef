import type { FastifyReply } from 'fastify';
import { pipeline, Readable } from 'node:stream';
import { compressing } from '../http/compression.js';
import { varyBy } from '../http/vary.js';
import { readHeaders } from '../reading/read-headers.js';
import { DocumentStream } from './document-stream.js';
import type { ExportCursor } from './export-cursor.js';
import type { ExportFormat } from './export-format.js';

/**
 * Gives an export to Fastify, which sends it as fast as its caller reads. When it fails in the middle, Fastify cuts the connection, so that
 * no part looks like the whole.
 */
export function sendExport(reply: FastifyReply, cursor: ExportCursor, format: ExportFormat): Readable {
  const { state, count } = cursor.head;
  reply.headers({
    'content-type': `${format.mediaType}; charset=utf-8`,
    'content-disposition': `attachment; filename="${format.fileName}"`,
    ...readHeaders(state),
    'X-Total-Count': count,
  });
  varyBy(reply, 'accept-encoding');
  const compressor = compressing(reply.request.headers['accept-encoding']);
  if (compressor) reply.header('content-encoding', compressor.encoding);
  if (reply.request.method === 'HEAD') {
    // Nothing is sent, so there is no stream that could fail.
    void cursor.close();
    return Readable.from([]);
  }
  const documents = new DocumentStream(cursor, format);
  return compressor ? pipeline(documents, compressor.stream, () => undefined) : documents;
}

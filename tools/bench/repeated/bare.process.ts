import { fastify } from 'fastify';
import { FloorStatement } from '../list/floor-statement.js';

/** What Fastify alone can send: pages that were read once, and never again. */
const statement = new FloorStatement(process.env['DATABASE_URL']!);
const pages = new Map<string, Promise<Buffer>>();
const app = fastify();
app.get<{ Querystring: { limit: string } }>('/v2/tokens', ({ query: { limit } }, reply) => {
  const page = pages.get(limit) ?? Promise.resolve(statement.page(Number(limit))).then((text) => Buffer.from(text));
  pages.set(limit, page);
  void reply.header('content-type', 'application/json; charset=utf-8');
  return page;
});
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));

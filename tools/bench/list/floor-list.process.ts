import { fastify } from 'fastify';
import { FloorStatement } from './floor-statement.js';

/** The floor of the list over HTTP: only Fastify and `pg`. */
const statement = new FloorStatement(process.env['DATABASE_URL']!);
const app = fastify();
app.get<{ Querystring: { limit: string } }>('/v2/tokens', async ({ query }, reply) => {
  void reply.header('content-type', 'application/json; charset=utf-8');
  return statement.page(Number(query.limit));
});
console.log(await app.listen({ port: 0, host: '127.0.0.1' }));

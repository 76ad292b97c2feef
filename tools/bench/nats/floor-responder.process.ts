import { connect } from '@nats-io/transport-node';
import { FloorStatement } from '../list/floor-statement.js';

/** The floor of the list over NATS: only nats.js and `pg`. */
const statement = new FloorStatement(process.env['DATABASE_URL']!);
const connection = await connect({ servers: new URL(process.env['NATS_URL']!).host });
connection.subscribe('floor.list', {
  callback: (_, message) => {
    const { limit } = message.json<{ limit: number }>();
    void statement.page(limit).then((page) => message.respond(page));
  },
});
await connection.flush();
console.log('ready');

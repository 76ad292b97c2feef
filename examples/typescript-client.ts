import { jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readFile } from 'node:fs/promises';
import { overHttp, overNats, TokensClient } from '../libs/client/src/index.js';

const {
  API_URL = 'http://localhost:3000',
  JWT = '',
  NATS_URL = 'nats://127.0.0.1:4222',
  NATS_SUBJECT_PREFIX: prefix = 'tokens',
} = process.env;
const nats = await connect({ servers: NATS_URL });

for (const tokens of [
  new TokensClient(overHttp(API_URL), { token: JWT }),
  new TokensClient(overNats(nats, { prefix })),
]) {
  // A list with a filter.
  const { data, totalCount } = await tokens.list({ type: 'rfid', isActive: true, limit: 2 });
  console.log(`${totalCount} tokens match, the first is ${data[0]?.id}`);

  // All of them.
  let walked = 0;
  for await (const _ of tokens.iterateAll({ type: 'rfid', isActive: true })) walked += 1;
  console.log(`walked over ${walked} tokens`);

  // Read your own write: publish an event, and ask for an answer that contains it.
  const { seq } = await jetstream(nats).publish(`${prefix}.events.token.67890`, await readFile('event.json'));
  const { data: token } = await tokens.get(67890, { minPosition: seq });
  console.log(`token ${token.id} is of customer ${token.customerId}`);
}

await nats.close();

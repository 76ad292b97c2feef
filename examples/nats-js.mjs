import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { readFile } from 'node:fs/promises';

const { NATS_URL = 'nats://127.0.0.1:4222', NATS_SUBJECT_PREFIX: prefix = 'tokens' } = process.env;
const nats = await connect({ servers: NATS_URL });

async function ask(subject, parameters, options) {
  const answer = await nats.request(`${prefix}.${subject}`, JSON.stringify(parameters), { timeout: 5_000, ...options });
  const status = answer.headers?.get('Nats-Service-Error-Code');
  if (status) throw new Error(`${status}: ${answer.json().message}`);
  return answer;
}

// A list with a filter.
const filter = { type: 'rfid', isActive: true };
const { data, count } = (await ask('list', { ...filter, limit: 2 })).json();
console.log(`${count} tokens match, the first is ${data[0].id}`);

// All of them: send the cursor of the answer before.
let walked = 0;
let cursor;
do {
  const answer = await ask('list', { ...filter, limit: 500, cursor });
  walked += answer.json().data.length;
  cursor = answer.headers.get('X-Next-Cursor') || undefined;
} while (cursor);
console.log(`walked over ${walked} tokens`);

// Read your own write: publish an event, and ask for an answer that contains it.
const { seq } = await jetstream(nats).publish(`${prefix}.events.token.67890`, await readFile('event.json'));
const minPosition = headers();
minPosition.set('X-Min-Position', String(seq));
const token = (await ask('get', { id: 67890 }, { headers: minPosition })).json();
console.log(`token ${token.id} is of customer ${token.customerId}`);

await nats.close();

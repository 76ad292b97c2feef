import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { ClientProxyFactory, NatsRecordBuilder, Transport } from '@nestjs/microservices';
import { readFile } from 'node:fs/promises';
import 'reflect-metadata';
import { firstValueFrom, timeout } from 'rxjs';
import { overNats, TokensClient, type Token } from '../libs/client/src/index.js';

const { NATS_URL = 'nats://127.0.0.1:4222', NATS_SUBJECT_PREFIX: prefix = 'tokens' } = process.env;
const client = ClientProxyFactory.create({ transport: Transport.NATS, options: { servers: [NATS_URL] } });
const ask = <T>(request: string, data: unknown) =>
  firstValueFrom(client.send<T>(`${prefix}.${request}`, data).pipe(timeout(5_000)));

// A list with a filter.
const filter = { type: 'rfid', isActive: true } as const;
const { data, count } = await ask<{ data: Token[]; count: number }>('list', { ...filter, limit: 2 });
console.log(`${count} tokens match, the first is ${data[0]?.id}`);

// All of them: a ClientProxy hides the headers of an answer, and so the cursor. Its connection does not.
const nats = client.unwrap<NatsConnection>();
let walked = 0;
for await (const _ of new TokensClient(overNats(nats, { prefix })).iterateAll(filter)) walked += 1;
console.log(`walked over ${walked} tokens`);

// Read your own write: publish an event, and ask for an answer that contains it.
const { seq } = await jetstream(nats).publish(`${prefix}.events.token.67890`, await readFile('event.json'));
const minPosition = headers();
minPosition.set('X-Min-Position', String(seq));
const token = await ask<Token>('get', new NatsRecordBuilder({ id: 67890 }).setHeaders(minPosition).build());
console.log(`token ${token.id} is of customer ${token.customerId}`);

await client.close();

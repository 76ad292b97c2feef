import { connect } from '@nats-io/transport-node';

/** Asks over NATS, as many requests in flight as told, until the time is over; bodies stay unread. Prints how many came in how long. */
const setting = (name: string) => process.env[name]!;
const connection = await connect({ servers: new URL(setting('NATS_URL')).host });
const seconds = Number(setting('SECONDS'));
const until = performance.now() + seconds * 1_000;
let answers = 0;

async function askOn(): Promise<void> {
  while (performance.now() < until) {
    const { headers } = await connection.request(setting('SUBJECT'), setting('BODY'), { timeout: 60_000 });
    const error = headers?.get('Nats-Service-Error');
    if (error) throw new Error(error);
    answers += 1;
  }
}

const startedAt = performance.now();
await Promise.all(Array.from({ length: Number(setting('CONCURRENCY')) }, askOn));
console.log(JSON.stringify({ answers, seconds: (performance.now() - startedAt) / 1_000 }));
await connection.close();

import { connect } from '@nats-io/transport-node';

/**
 * Sends NATS requests, with the given number in flight, until the time is over; it does not read the bodies. Prints how many answers
 * arrived in which time.
 */
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

import { jetstreamManager } from '@nats-io/jetstream';
import { httpList } from '../../test/support/clients.js';
import { eventually } from '../../test/support/eventually.js';
import { connectTo } from '../../test/support/streams.js';
import type { Place } from './place.js';

const WITHIN_MS = 120_000;

/** Waits until the list holds every event of the stream, and shows the current number of tokens in a line. */
export async function waitForEvents(queryUrl: string, tokens: number, place: Place, token: string): Promise<void> {
  // The last events are not about tokens of their own: the list has all its tokens before.
  const last = await lastSequence(place);
  const look = async () => {
    const { status, body, headers } = await httpList(queryUrl, { limit: 1 }, { token });
    if (status !== 200) throw new Error(`${status} ${body}`);
    const progress = inWords(Number(headers.get('x-total-count')), tokens);
    if (process.stdout.isTTY) process.stdout.write(`\r${progress}`);
    const position = Number(headers.get('x-read-position'));
    if (position < last || progress !== inWords(tokens, tokens))
      throw new Error(`${progress} It is at event ${position} of ${last}.`);
    return true;
  };
  await eventually(`the list to hold ${tokens} tokens and event ${last}`, look, { within: WITHIN_MS, every: 100 });
  process.stdout.write(process.stdout.isTTY ? '\n' : `${inWords(tokens, tokens)}\n`);
}

async function lastSequence({ nats, env }: Place): Promise<number> {
  const connection = await connectTo(nats.url);
  try {
    const { streams } = await jetstreamManager(connection);
    return (await streams.info(env['NATS_STREAM']!)).state.last_seq;
  } finally {
    await connection.close();
  }
}

function inWords(count: number, tokens: number): string {
  return `The list holds ${count.toLocaleString('en')} of ${tokens.toLocaleString('en')} tokens.`;
}

import { httpList } from '../../test/support/clients.js';
import { eventually } from '../../test/support/eventually.js';

const WITHIN_MS = 120_000;

/** Waits until the list holds this many tokens, and shows the current number in a line. */
export async function waitForTokens(queryUrl: string, tokens: number, token: string): Promise<void> {
  const look = async () => {
    const { status, body, headers } = await httpList(queryUrl, { limit: 1 }, { token });
    if (status !== 200) throw new Error(`${status} ${body}`);
    const progress = inWords(Number(headers.get('x-total-count')), tokens);
    if (process.stdout.isTTY) process.stdout.write(`\r${progress}`);
    if (progress !== inWords(tokens, tokens)) throw new Error(progress);
    return true;
  };
  await eventually(`the list to hold ${tokens} tokens`, look, { within: WITHIN_MS, every: 100 });
  process.stdout.write(process.stdout.isTTY ? '\n' : `${inWords(tokens, tokens)}\n`);
}

function inWords(count: number, tokens: number): string {
  return `The list holds ${count.toLocaleString('en')} of ${tokens.toLocaleString('en')} tokens.`;
}

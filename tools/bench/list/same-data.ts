import { isDeepStrictEqual } from 'node:util';
import { httpList } from '../../../test/support/clients.js';
import type { ListDoor, ListDoors } from './list-doors.js';

const LIMIT = 100;

/** Makes sure that all of them answer the same tokens before the comparison. @throws if one does not */
export async function checkSameData({ ours, floor, peer }: ListDoors, token: string): Promise<void> {
  const answer = async ({ url }: ListDoor) => {
    const reply = await httpList(url, { limit: LIMIT }, { token });
    if (reply.status !== 200) throw new Error(`${url} answers ${reply.status}: ${reply.body}`);
    return reply.json<{ data: unknown[]; count?: number }>();
  };
  const wanted = await answer(ours);
  if (!isDeepStrictEqual((await answer(floor)).data, wanted.data)) throw new Error('The floor answers other tokens.');
  const { data, count } = await answer(peer);
  if (count !== wanted.count) throw new Error(`The peer counts ${count} tokens, not ${wanted.count}.`);
  if (!isDeepStrictEqual(data, wanted.data)) throw new Error('The peer answers other tokens.');
}

import type { Client } from 'pg';

/**
 * Where a writer dies: before its nth statement is sent (0 is `begin`; a high number means before the commit), or once the commit
 * is done but the answer is lost.
 */
export type CrashPoint = number | 'before the commit' | 'after the commit';

/** A client whose connection breaks at the given point, as seen by the writer and by the server alike. */
export function crashing(client: Client, at: CrashPoint): Client {
  let statements = 0;
  const cut = () => (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
  const query = async (...args: Parameters<Client['query']>) => {
    const isCommit = (args[0] as unknown) === 'commit';
    if (statements++ === at || (isCommit && at === 'before the commit')) cut();
    const answer = await (client.query(...args) as unknown as Promise<unknown>);
    if (!isCommit || at !== 'after the commit') return answer;
    cut();
    throw new Error('the connection was lost before the answer to the commit arrived');
  };
  return new Proxy(client, {
    get: (target, name) => (name === 'query' ? query : (Reflect.get(target, name, target) as unknown)),
  });
}

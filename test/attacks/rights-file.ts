interface Rights {
  readonly user: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The users in a configuration of nats-server, as far as it is written like ours: one subject a line, in quotes. */
export function rightsIn(configuration: string): Rights[] {
  const text = configuration.replaceAll(/^\s*#.*$/gm, '');
  return text
    .split(/^\s*user: /m)
    .slice(1)
    .map((user) => ({
      user: /^[\w-]+/.exec(user)![0],
      publish: subjectsIn(user, 'publish'),
      subscribe: subjectsIn(user, 'subscribe'),
    }));
}

function subjectsIn(user: string, kind: 'publish' | 'subscribe'): string[] {
  const list = new RegExp(`\\b${kind}: \\[([^\\]]*)\\]`).exec(user)?.[1] ?? '';
  return Array.from(list.matchAll(/"([^"]+)"/g), ([, subject]) => subject!).toSorted();
}

import type { FastifyInstance } from 'fastify';

/** Every path of an app and its methods, for the answer to a request that matches none of them. */
export class Routes {
  private readonly methods = new Map<string, Set<string>>();

  /** Remembers the routes registered from now on. */
  static of(instance: FastifyInstance): Routes {
    const routes = new Routes();
    instance.addHook('onRoute', ({ url, method }) => {
      // For requests of browsers that ask for leave first; it is no path.
      if (url === '*') return;
      const known = routes.methods.get(url) ?? new Set();
      routes.methods.set(url, known);
      for (const name of [method].flat()) known.add(name);
    });
    return routes;
  }

  /** The methods of a path, in alphabetical order; none if the path does not exist. @param path of a request, without its query */
  methodsAt(path: string): string[] {
    const own = this.methods.get(path);
    if (own) return [...own].sort();
    const found = [...this.methods].filter(([pattern]) => isAt(pattern, path)).flatMap(([, methods]) => [...methods]);
    return [...new Set(found)].sort();
  }

  /** A path with a route of its own is no value of another route's parameter, whatever the method. */
  hasOther(path: string, method: string): boolean {
    return this.methods.get(path)?.has(method) === false;
  }

  /** The existing paths, as the end of a sentence. */
  get hint(): string {
    const paths = [...this.methods.keys()];
    return paths.includes('/docs') ? 'see /docs for what there is' : `there is only ${paths.sort().join(', ')}`;
  }
}

/** @param pattern with `:name` for any one part, and `*` at its end for any number of parts */
function isAt(pattern: string, path: string): boolean {
  const [wanted, found] = [pattern.split('/'), path.split('/')];
  if (wanted.at(-1) === '*') return wanted.slice(0, -1).every((part, i) => part === found[i]);
  return wanted.length === found.length && wanted.every((part, i) => part === found[i] || isParameter(part, found[i]!));
}

function isParameter(part: string, value: string): boolean {
  return part.startsWith(':') && value !== '';
}

import type { FastifyRequest } from 'fastify';

/** The tags of answers that a caller has, from the header `If-None-Match`. */
export class KnownTags {
  private readonly isAny: boolean;
  private readonly tags: ReadonlySet<string>;

  constructor({ headers }: Pick<FastifyRequest, 'headers'>) {
    const given = headers['if-none-match'] ?? '';
    this.isAny = given.trim() === '*';
    this.tags = new Set(given.match(/"[^"]*"/g));
  }

  /** Whether the caller has certain answers. */
  get areNamed(): boolean {
    return this.tags.size > 0;
  }

  /** Weak tags are compared without what makes them weak. `*` is whatever there is. */
  has(tag: string): boolean {
    return this.isAny || this.tags.has(tag.replace('W/', ''));
  }
}

import type { Scope } from './scope.js';

/** Who sends requests. */
export interface Caller {
  readonly scope: Scope;
  /** The same for every JWT of one caller: by its subject, else by its customers. undefined: it has neither. */
  readonly name: string | undefined;
  /** When its JWT is no longer accepted, in milliseconds since 1970. */
  readonly expiresAt: number;
}

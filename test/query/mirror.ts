/// <reference types="jest" />
import type { TokenDocument } from '#token-read-model/document.js';
import { httpRequest } from '../support/clients.js';

export interface Change {
  readonly position: number;
  readonly id: number;
  readonly change: 'changed' | 'erased' | 'left';
  readonly token: TokenDocument | null;
}

export interface ChangesAnswer {
  readonly data: readonly Change[];
  readonly after: string;
}

/** Applies changes to a copy of the tokens, as docs/changes.md tells callers to. */
export function applyChanges(mirror: Map<number, TokenDocument>, changes: readonly Change[]): void {
  for (const { id, token } of changes) {
    if (token) mirror.set(id, token);
    else mirror.delete(id);
  }
}

/** A copy of everything that a caller may see, read from the beginning to the end. */
export async function mirrorOf(url: string, token: string, limit: number): Promise<Map<number, TokenDocument>> {
  const mirror = new Map<number, TokenDocument>();
  let after = '';
  for (;;) {
    const reply = await httpRequest(`${url}/v2/tokens/changes?limit=${limit}${after}`, { token });
    expect(reply.status).toBe(200);
    const page = reply.json<ChangesAnswer>();
    if (page.data.length === 0) return mirror;
    applyChanges(mirror, page.data);
    after = `&after=${page.after}`;
  }
}

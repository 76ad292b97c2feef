import type { FastifyReply } from 'fastify';
import type { Answer } from '#service-runtime/answer.js';
import { sendAnswer } from '../http/send-answer.js';
import { varyBy } from '../http/vary.js';
import type { HeldMemory } from '../reading/answer-memory.js';
import { KnownTags } from './known-tags.js';

/** Sends an answer with its tag, or that nothing has changed to a caller who has it. @param tag undefined: it has none */
export async function sendTagged(
  reply: FastifyReply,
  answer: Answer,
  { tag, held }: { readonly tag: string | undefined; readonly held: HeldMemory },
): Promise<Buffer | undefined> {
  if (tag !== undefined && new KnownTags(reply.request).has(tag)) {
    held.release();
    const { 'X-Total-Count': _count, Link: _link, 'X-Next-Cursor': _next, ...headers } = answer.headers ?? {};
    return sendUnchanged(reply, tag, headers);
  }
  return sendAnswer(reply, tag === undefined ? answer : { ...answer, headers: { ...answer.headers, etag: tag } }, held);
}

/** 304: what the caller has is what it would get now. @param headers of the state that says so */
export function sendUnchanged(reply: FastifyReply, tag: string, headers: Answer['headers']): undefined {
  varyBy(reply, 'accept-encoding');
  reply.status(304).headers({ ...headers, etag: tag });
}

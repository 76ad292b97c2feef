import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { NatsRequestContext } from '#service-runtime/nats-requests/nats-request-context.js';
import { ServiceError } from '#service-runtime/service-error.js';
import { quoted } from '../parameters/quoted.js';

export const MIN_POSITION = 'X-Min-Position';
/** The sequences of a stream are unsigned numbers of 64 bits; those of the read model are signed. */
const LARGEST = 9_223_372_036_854_775_807n;

/**
 * Injects the position that the answer must have reached at least, from the header `X-Min-Position`: a caller that has published an event
 * sends the sequence of that event, and reads what it has written. undefined where the caller sends none.
 * @throws {ServiceError} 400 when it is no sequence
 */
export const MinPosition = createParamDecorator((_: unknown, context: ExecutionContext): bigint | undefined => {
  const [value, ...others] = valuesOf(context);
  if (value === undefined) return undefined;
  if (others.length > 0) throw refusal('is there several times: send it once');
  const sequence = /^\d{1,19}$/.test(value) ? BigInt(value) : undefined;
  if (sequence === undefined || sequence > LARGEST)
    throw refusal(`must be the sequence of a message, found ${quoted(value)}`);
  return sequence;
});

function valuesOf(context: ExecutionContext): readonly string[] {
  if (context.getType() === 'rpc')
    return context.switchToRpc().getContext<NatsRequestContext>().takeHeader(MIN_POSITION);
  const value = context.switchToHttp().getRequest<FastifyRequest>().headers[MIN_POSITION.toLowerCase()];
  return value === undefined ? [] : [value].flat();
}

function refusal(message: string): ServiceError {
  return new ServiceError(400, `${MIN_POSITION} ${message}.`, {
    details: [{ param: MIN_POSITION, message }],
    logged: `${MIN_POSITION} is no sequence`,
  });
}

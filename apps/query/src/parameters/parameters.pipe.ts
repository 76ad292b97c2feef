import { createParamDecorator, type ArgumentMetadata, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { rawParameters } from './raw-parameters.js';
import { readParameters } from './read-parameters.js';

const MOST_KNOWN = 1_000;
/** A longer request is not kept: few callers send the same one again. */
const MOST_CHARACTERS = 512;

class ParametersPipe implements PipeTransform<unknown, object> {
  /** @param metadata its `metatype` is the request class, the type of the handler's parameter */
  transform(raw: unknown, { metatype }: ArgumentMetadata): object {
    return readParameters(metatype as new () => object, raw);
  }
}

/** What parameters mean depends on nothing else, so those that were right once need not be validated again. */
export class RepeatedParametersPipe extends ParametersPipe {
  private readonly known = new LRUCache<string, object>({ max: MOST_KNOWN });

  override transform(raw: unknown, metadata: ArgumentMetadata): object {
    const text = jsonOf(raw);
    if (text === undefined || text.length > MOST_CHARACTERS) return super.transform(raw, metadata);
    const known = this.known.get(text);
    if (known) return known;
    // The texts in `raw` are parts of the URL, and would keep all of it in memory.
    const request = Object.freeze(super.transform(JSON.parse(text), metadata));
    this.known.set(text, request);
    return request;
  }
}

/** undefined: it is nested so deep that there is none. */
function jsonOf(raw: unknown): string | undefined {
  try {
    return JSON.stringify(raw);
  } catch {
    return undefined;
  }
}

const RawParameters = createParamDecorator((_: unknown, context: ExecutionContext) => rawParameters(context));

/** Injects a request, read and checked in the same way over HTTP and NATS. The type of the handler's parameter is the request class. */
export const Parameters = (): ParameterDecorator => RawParameters(new ParametersPipe());

/** The same for a request that callers send again and again: several of them may get the same object, which is frozen. */
export const RepeatedParameters = (): ParameterDecorator => RawParameters(new RepeatedParametersPipe());

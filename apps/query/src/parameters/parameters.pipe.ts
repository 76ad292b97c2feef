import { createParamDecorator, type ArgumentMetadata, type ExecutionContext, type PipeTransform } from '@nestjs/common';
import { rawParameters } from './raw-parameters.js';
import { readParameters } from './read-parameters.js';

class ParametersPipe implements PipeTransform<unknown, object> {
  /** @param metadata its `metatype` is the request class, the type of the handler's parameter */
  transform(raw: unknown, { metatype }: ArgumentMetadata): object {
    return readParameters(metatype as new () => object, raw);
  }
}

const RawParameters = createParamDecorator((_: unknown, context: ExecutionContext) => rawParameters(context));

/** Injects a request, read and checked in the same way over HTTP and NATS. The type of the handler's parameter is the request class. */
export const Parameters = (): ParameterDecorator => RawParameters(new ParametersPipe());

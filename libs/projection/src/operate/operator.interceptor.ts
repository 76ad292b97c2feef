import {
  createParamDecorator,
  Injectable,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { Answer } from '#service-runtime/answer.js';
import { Engine } from '../engine.js';
import { ProjectorState } from '../run/projector-state.js';
import { runOrder } from './run-order.js';
import { deferToLeader } from './defer-to-leader.js';
import { untilItLeads } from './until-it-leads.js';

interface Order {
  begin: () => void;
}

/** Injects what a handler calls directly before it changes anything. It throws if the order has not begun in time. */
export const Begin = createParamDecorator(
  (_: unknown, context: ExecutionContext) => context.switchToRpc().getContext<Order>().begin,
);

/** Every order of an operator: only the leader carries it out, in time or not at all. Handlers return the answer as an object. */
@Injectable()
export class OperatorInterceptor implements NestInterceptor {
  constructor(
    private readonly engine: Engine,
    private readonly state: ProjectorState,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler<object>): Observable<Answer> {
    const order = async (begin: () => void): Promise<object> => {
      await untilItLeads(this.state);
      context.switchToRpc().getContext<Order>().begin = begin;
      return firstValueFrom(next.handle());
    };
    const { tool } = this.engine.projection.words;
    return from(deferToLeader(this.engine, this.state, () => runOrder(order, tool)).then(answered));
  }
}

function answered(body: object): Answer {
  return { json: Buffer.from(JSON.stringify(body)), headers: {} };
}

import { Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/nats-requests/answer.js';
import { Jobs } from './jobs.js';
import { confirmation, flags, letterIds, rebuildOrder, rollbackOrder, verifyOrder } from './operator.request.js';
import {
  ConfirmLossCommand,
  DropPreviousCommand,
  ReplayDeadLettersCommand,
  StartJobCommand,
  WishJobCommand,
} from './operator.commands.js';

/** The door for operators: `<prefix>.rebuild` and its neighbours. Only the leader answers. */
@Controller()
export class OperatorNatsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Jobs) private readonly jobs: Jobs,
  ) {}

  @MessagePattern('rebuild')
  async rebuild(@Payload() raw: unknown): Promise<Answer> {
    const { order, options } = rebuildOrder(raw);
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('rebuild.rollback')
  async rollback(@Payload() raw: unknown): Promise<Answer> {
    const { order, options } = rollbackOrder(raw);
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('verify')
  async verify(@Payload() raw: unknown): Promise<Answer> {
    const { order, options } = verifyOrder(raw);
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('rebuild.status')
  async status(): Promise<Answer> {
    return answer({ job: await this.jobs.status() });
  }

  @MessagePattern('rebuild.cancel')
  async cancel(): Promise<Answer> {
    return answer(await this.commands.execute(new WishJobCommand('cancel')));
  }

  @MessagePattern('rebuild.confirm')
  async confirm(@Payload() raw: unknown): Promise<Answer> {
    return answer(await this.commands.execute(new ConfirmLossCommand(confirmation(raw))));
  }

  @MessagePattern('rebuild.pause')
  async pause(): Promise<Answer> {
    return answer(await this.commands.execute(new WishJobCommand('pause')));
  }

  @MessagePattern('rebuild.resume')
  async resume(): Promise<Answer> {
    return answer(await this.commands.execute(new WishJobCommand('run')));
  }

  @MessagePattern('rebuild.drop-previous')
  async dropPrevious(@Payload() raw: unknown): Promise<Answer> {
    flags(raw, []);
    return answer(await this.commands.execute(new DropPreviousCommand()));
  }

  @MessagePattern('dead-letters.replay')
  async replay(@Payload() raw: unknown): Promise<Answer> {
    return answer(await this.commands.execute(new ReplayDeadLettersCommand(letterIds(raw))));
  }
}

function answer(body: object): Answer {
  return { json: Buffer.from(JSON.stringify(body)), headers: {} };
}

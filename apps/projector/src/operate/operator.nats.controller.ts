import { Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { Jobs } from './jobs.js';
import {
  confirmation,
  expectNothing,
  letterIds,
  rebuildOrder,
  rollbackOrder,
  verifyOrder,
} from './operator.request.js';
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
  async rebuild(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = rebuildOrder(body.read());
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('rebuild.rollback')
  async rollback(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = rollbackOrder(body.read());
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('verify')
  async verify(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = verifyOrder(body.read());
    return answer(await this.commands.execute(new StartJobCommand(order, options)));
  }

  @MessagePattern('rebuild.status')
  async status(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer({ job: await this.jobs.status() });
  }

  @MessagePattern('rebuild.cancel')
  async cancel(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.commands.execute(new WishJobCommand('cancel')));
  }

  @MessagePattern('rebuild.confirm')
  async confirm(@Payload() body: RequestBody): Promise<Answer> {
    return answer(await this.commands.execute(new ConfirmLossCommand(confirmation(body.read()))));
  }

  @MessagePattern('rebuild.pause')
  async pause(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.commands.execute(new WishJobCommand('pause')));
  }

  @MessagePattern('rebuild.resume')
  async resume(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.commands.execute(new WishJobCommand('run')));
  }

  @MessagePattern('rebuild.drop-previous')
  async dropPrevious(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.commands.execute(new DropPreviousCommand()));
  }

  @MessagePattern('dead-letters.replay')
  async replay(@Payload() body: RequestBody): Promise<Answer> {
    return answer(await this.commands.execute(new ReplayDeadLettersCommand(letterIds(body.read()))));
  }
}

function answer(body: object): Answer {
  return { json: Buffer.from(JSON.stringify(body)), headers: {} };
}

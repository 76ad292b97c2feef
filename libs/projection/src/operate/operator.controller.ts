import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { Engine } from '../engine.js';
import { Jobs } from '../rebuild/jobs.js';
import { ProjectorState } from '../run/projector-state.js';
import { Housekeeper } from './housekeeper.js';
import {
  confirmation,
  expectNothing,
  letterIds,
  rebuildOrder,
  rollbackOrder,
  verifyOrder,
} from './operator.request.js';
import { replayDeadLetters } from './replay-dead-letters.js';

/** The requests of operators: `<prefix>.rebuild` and the other subjects. Only the leader answers. */
@Controller()
export class OperatorController {
  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
    private readonly housekeeper: Housekeeper,
    private readonly state: ProjectorState,
  ) {}

  @MessagePattern('rebuild')
  async rebuild(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = rebuildOrder(body.read());
    return answer(await this.jobs.start(order, options));
  }

  @MessagePattern('rebuild.rollback')
  async rollback(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = rollbackOrder(body.read());
    return answer(await this.jobs.start(order, options));
  }

  @MessagePattern('verify')
  async verify(@Payload() body: RequestBody): Promise<Answer> {
    const { order, options } = verifyOrder(body.read());
    return answer(await this.jobs.start(order, options));
  }

  @MessagePattern('rebuild.status')
  async status(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer({ job: await this.jobs.status() });
  }

  @MessagePattern('rebuild.cancel')
  async cancel(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.jobs.request('cancel'));
  }

  @MessagePattern('rebuild.confirm')
  async confirm(@Payload() body: RequestBody): Promise<Answer> {
    return answer(await this.jobs.confirm(confirmation(body.read(), this.engine.projection.words.rows)));
  }

  @MessagePattern('rebuild.pause')
  async pause(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.jobs.request('pause'));
  }

  @MessagePattern('rebuild.resume')
  async resume(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer(await this.jobs.request('run'));
  }

  @MessagePattern('rebuild.drop-previous')
  async dropPrevious(@Payload() body: RequestBody): Promise<Answer> {
    expectNothing(body.read());
    return answer({ dropped: await this.housekeeper.dropPrevious() });
  }

  @MessagePattern('dead-letters.replay')
  async replay(@Payload() body: RequestBody): Promise<Answer> {
    const ids = letterIds(body.read());
    return answer(await replayDeadLetters(this.state.mustLead(), ids));
  }
}

function answer(body: object): Answer {
  return { json: Buffer.from(JSON.stringify(body)), headers: {} };
}

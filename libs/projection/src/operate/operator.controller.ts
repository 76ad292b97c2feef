import { Controller, UseInterceptors } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { Engine } from '../engine.js';
import type { JobStatus } from '../job.js';
import { Jobs } from '../rebuild/jobs.js';
import { ProjectorState } from '../run/projector-state.js';
import { Housekeeper } from './housekeeper.js';
import { Begin, OperatorInterceptor } from './operator.interceptor.js';
import {
  confirmation,
  expectNothing,
  letterIds,
  rebuildOrder,
  rollbackOrder,
  verifyOrder,
} from './operator.request.js';
import { replayDeadLetters } from './replay-dead-letters.js';

/** The requests of operators: `<prefix>.rebuild` and the others. Only the leader answers, also while it begins its session again. */
@Controller()
@UseInterceptors(OperatorInterceptor)
export class OperatorController {
  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
    private readonly housekeeper: Housekeeper,
    private readonly state: ProjectorState,
  ) {}

  @MessagePattern('rebuild')
  rebuild(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    const { order, options } = rebuildOrder(body.read());
    return this.jobs.start(order, { ...options, begin });
  }

  @MessagePattern('rebuild.rollback')
  rollback(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    const { order, options } = rollbackOrder(body.read());
    return this.jobs.start(order, { ...options, begin });
  }

  @MessagePattern('verify')
  verify(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    const { order, options } = verifyOrder(body.read());
    return this.jobs.start(order, { ...options, begin });
  }

  @MessagePattern('rebuild.status')
  async status(@Payload() body: RequestBody): Promise<{ job: JobStatus | null }> {
    expectNothing(body.read());
    return { job: await this.jobs.status() };
  }

  @MessagePattern('rebuild.cancel')
  cancel(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    expectNothing(body.read());
    return this.jobs.request('cancel', begin);
  }

  @MessagePattern('rebuild.confirm')
  confirm(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    return this.jobs.confirm(confirmation(body.read(), this.engine.projection.words.rows), begin);
  }

  @MessagePattern('rebuild.pause')
  pause(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    expectNothing(body.read());
    return this.jobs.request('pause', begin);
  }

  @MessagePattern('rebuild.resume')
  resume(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<JobStatus> {
    expectNothing(body.read());
    return this.jobs.request('run', begin);
  }

  @MessagePattern('rebuild.drop-previous')
  async dropPrevious(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<object> {
    expectNothing(body.read());
    await this.whenFree(begin);
    return { dropped: await this.housekeeper.dropPrevious() };
  }

  @MessagePattern('dead-letters.replay')
  async replay(@Payload() body: RequestBody, @Begin() begin: () => void): Promise<object> {
    const ids = letterIds(body.read());
    await this.whenFree(begin);
    return replayDeadLetters(this.state.mustLead(), ids);
  }

  /** Begins an order that the leader carries out at once between two batches: it must not wait long behind one. */
  private async whenFree(begin: () => void): Promise<void> {
    await this.state.leading?.betweenBatches(() => Promise.resolve());
    begin();
  }
}

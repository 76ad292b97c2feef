import { Controller } from '@nestjs/common';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/answer.js';
import { RequestBody } from '#service-runtime/nats-requests/request-body.js';
import { Engine } from '../engine.js';
import type { JobOrder, JobRequest } from '../job.js';
import type { StartOptions } from '../rebuild/begin-job.js';
import { Jobs } from '../rebuild/jobs.js';
import { ProjectorState } from '../run/projector-state.js';
import { carryOutInTime } from './carry-out-in-time.js';
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
import { theLeaderFirst } from './the-leader-first.js';
import { whenItLeadsAgain } from './when-it-leads-again.js';

/** The requests of operators: `<prefix>.rebuild` and the others. Only the leader answers, also while it begins its session again. */
@Controller()
export class OperatorController {
  constructor(
    private readonly engine: Engine,
    private readonly jobs: Jobs,
    private readonly housekeeper: Housekeeper,
    private readonly state: ProjectorState,
  ) {}

  @MessagePattern('rebuild')
  rebuild(@Payload() body: RequestBody): Promise<Answer> {
    return this.start(() => rebuildOrder(body.read()));
  }

  @MessagePattern('rebuild.rollback')
  rollback(@Payload() body: RequestBody): Promise<Answer> {
    return this.start(() => rollbackOrder(body.read()));
  }

  @MessagePattern('verify')
  verify(@Payload() body: RequestBody): Promise<Answer> {
    return this.start(() => verifyOrder(body.read()));
  }

  @MessagePattern('rebuild.status')
  status(@Payload() body: RequestBody): Promise<Answer> {
    return this.answer(async () => {
      expectNothing(body.read());
      return { job: await this.jobs.status() };
    });
  }

  @MessagePattern('rebuild.cancel')
  cancel(@Payload() body: RequestBody): Promise<Answer> {
    return this.request('cancel', body);
  }

  @MessagePattern('rebuild.confirm')
  confirm(@Payload() body: RequestBody): Promise<Answer> {
    return this.answer(async (begin) => {
      const confirmed = confirmation(body.read(), this.engine.projection.words.rows);
      return this.jobs.confirm(confirmed, begin);
    });
  }

  @MessagePattern('rebuild.pause')
  pause(@Payload() body: RequestBody): Promise<Answer> {
    return this.request('pause', body);
  }

  @MessagePattern('rebuild.resume')
  resume(@Payload() body: RequestBody): Promise<Answer> {
    return this.request('run', body);
  }

  @MessagePattern('rebuild.drop-previous')
  dropPrevious(@Payload() body: RequestBody): Promise<Answer> {
    return this.answer(async (begin) => {
      expectNothing(body.read());
      await this.whenFree(begin);
      return { dropped: await this.housekeeper.dropPrevious() };
    });
  }

  @MessagePattern('dead-letters.replay')
  replay(@Payload() body: RequestBody): Promise<Answer> {
    return this.answer(async (begin) => {
      const ids = letterIds(body.read());
      await this.whenFree(begin);
      return replayDeadLetters(this.state.mustLead(), ids);
    });
  }

  private start(read: () => { order: JobOrder; options: StartOptions }): Promise<Answer> {
    return this.answer(async (begin) => {
      const { order, options } = read();
      return this.jobs.start(order, { ...options, begin });
    });
  }

  private request(requested: JobRequest, body: RequestBody): Promise<Answer> {
    return this.answer(async (begin) => {
      expectNothing(body.read());
      return this.jobs.request(requested, begin);
    });
  }

  /** Begins an order that the leader carries out at once between two batches: it must not wait long behind one. */
  private async whenFree(begin: () => void): Promise<void> {
    await this.state.leading?.betweenBatches(() => Promise.resolve());
    begin();
  }

  private async answer(carryOut: (begin: () => void) => Promise<object>): Promise<Answer> {
    const { tool } = this.engine.projection.words;
    const order = async (begin: () => void) => {
      await whenItLeadsAgain(this.state);
      return carryOut(begin);
    };
    const body = await theLeaderFirst(this.engine, this.state, () => carryOutInTime(order, tool));
    return { json: Buffer.from(JSON.stringify(body)), headers: {} };
  }
}

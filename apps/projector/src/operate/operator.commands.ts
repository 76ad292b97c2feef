import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import { ServiceError } from '#service-runtime/service-error.js';
import { Projector } from '../projector.js';
import type { JobOrder, JobStatus } from '#read-model/job.js';
import { Jobs } from './jobs.js';
import { replayDeadLetters, type Replayed } from './replay-dead-letters.js';

/** Begins a rebuild, a roll-back or a verification. Answers as soon as it is accepted. */
export class StartJobCommand extends Command<JobStatus> {
  constructor(readonly order: JobOrder) {
    super();
  }
}

@CommandHandler(StartJobCommand)
export class StartJobHandler implements ICommandHandler<StartJobCommand> {
  constructor(@Inject(Jobs) private readonly jobs: Jobs) {}

  execute({ order }: StartJobCommand): Promise<JobStatus> {
    return this.jobs.start(order);
  }
}

/** Applies parked messages now. */
export class ReplayDeadLettersCommand extends Command<Replayed> {
  constructor(readonly ids: readonly string[]) {
    super();
  }
}

@CommandHandler(ReplayDeadLettersCommand)
export class ReplayDeadLettersHandler implements ICommandHandler<ReplayDeadLettersCommand> {
  constructor(@Inject(Projector) private readonly projector: Projector) {}

  execute({ ids }: ReplayDeadLettersCommand): Promise<Replayed> {
    const { leading } = this.projector;
    if (!leading) throw new ServiceError(503, 'This projector does not lead; try again in a moment.');
    return replayDeadLetters(leading, ids);
  }
}

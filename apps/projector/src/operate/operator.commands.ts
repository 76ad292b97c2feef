import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Inject } from '@nestjs/common';
import { ServiceError } from '#service-runtime/service-error.js';
import { Projector } from '../projector.js';
import type { JobOrder, JobStatus, JobWish } from '#read-model/job.js';
import { Housekeeper } from './housekeeper.js';
import { Jobs } from './jobs.js';
import type { Confirmation } from './operator.request.js';
import type { StartOptions } from './new-jobs.js';
import { replayDeadLetters, type Replayed } from './replay-dead-letters.js';

/** Begins a rebuild, a roll-back or a verification. Answers as soon as it is accepted. */
export class StartJobCommand extends Command<JobStatus> {
  constructor(
    readonly order: JobOrder,
    readonly options: StartOptions = {},
  ) {
    super();
  }
}

@CommandHandler(StartJobCommand)
export class StartJobHandler implements ICommandHandler<StartJobCommand> {
  constructor(@Inject(Jobs) private readonly jobs: Jobs) {}

  execute({ order, options }: StartJobCommand): Promise<JobStatus> {
    return this.jobs.start(order, options);
  }
}

/** Lets the job in hand rest, go on or end. */
export class WishJobCommand extends Command<JobStatus> {
  constructor(readonly wish: JobWish) {
    super();
  }
}

@CommandHandler(WishJobCommand)
export class WishJobHandler implements ICommandHandler<WishJobCommand> {
  constructor(@Inject(Jobs) private readonly jobs: Jobs) {}

  execute({ wish }: WishJobCommand): Promise<JobStatus> {
    return this.jobs.wish(wish);
  }
}

/** Lets the job that waits for it take tokens from the list. */
export class ConfirmLossCommand extends Command<JobStatus> {
  constructor(readonly confirmed: Confirmation) {
    super();
  }
}

@CommandHandler(ConfirmLossCommand)
export class ConfirmLossHandler implements ICommandHandler<ConfirmLossCommand> {
  constructor(@Inject(Jobs) private readonly jobs: Jobs) {}

  execute({ confirmed }: ConfirmLossCommand): Promise<JobStatus> {
    return this.jobs.confirm(confirmed);
  }
}

/** Drops the generations kept for a roll-back. */
export class DropPreviousCommand extends Command<{ readonly dropped: readonly number[] }> {}

@CommandHandler(DropPreviousCommand)
export class DropPreviousHandler implements ICommandHandler<DropPreviousCommand> {
  constructor(@Inject(Housekeeper) private readonly housekeeper: Housekeeper) {}

  async execute(): Promise<{ readonly dropped: readonly number[] }> {
    return { dropped: await this.housekeeper.dropPrevious() };
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

import { Controller, Inject } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { MessagePattern, Payload } from '@nestjs/microservices';
import type { Answer } from '#service-runtime/nats-requests/answer.js';
import { Jobs } from './jobs.js';
import { flags, letterIds } from './operator.request.js';
import { ReplayDeadLettersCommand, StartJobCommand } from './operator.commands.js';

/** The door for operators: `<prefix>.rebuild` and its neighbours. Only the leader answers. */
@Controller()
export class OperatorNatsController {
  constructor(
    @Inject(CommandBus) private readonly commands: CommandBus,
    @Inject(Jobs) private readonly jobs: Jobs,
  ) {}

  @MessagePattern('rebuild')
  async rebuild(@Payload() raw: unknown): Promise<Answer> {
    const { acceptDifferences } = flags(raw, ['acceptDifferences']);
    return answer(
      await this.commands.execute(
        new StartJobCommand({ kind: 'rebuild', acceptDifferences: acceptDifferences!, repair: false }),
      ),
    );
  }

  @MessagePattern('rebuild.rollback')
  async rollback(@Payload() raw: unknown): Promise<Answer> {
    flags(raw, []);
    return answer(
      await this.commands.execute(new StartJobCommand({ kind: 'rollback', acceptDifferences: true, repair: false })),
    );
  }

  @MessagePattern('verify')
  async verify(@Payload() raw: unknown): Promise<Answer> {
    const { repair } = flags(raw, ['repair']);
    return answer(
      await this.commands.execute(new StartJobCommand({ kind: 'verify', acceptDifferences: false, repair: repair! })),
    );
  }

  @MessagePattern('rebuild.status')
  status(): Answer {
    return answer({ job: this.jobs.status ?? null });
  }

  @MessagePattern('rebuild.cancel')
  cancel(): Answer {
    return answer(this.jobs.cancel());
  }

  @MessagePattern('rebuild.pause')
  pause(): Answer {
    return answer(this.jobs.pause(true));
  }

  @MessagePattern('rebuild.resume')
  resume(): Answer {
    return answer(this.jobs.pause(false));
  }

  @MessagePattern('dead-letters.replay')
  async replay(@Payload() raw: unknown): Promise<Answer> {
    return answer(await this.commands.execute(new ReplayDeadLettersCommand(letterIds(raw))));
  }
}

function answer(body: object): Answer {
  return { json: JSON.stringify(body), headers: {} };
}

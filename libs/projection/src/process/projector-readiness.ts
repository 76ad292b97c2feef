import { Injectable } from '@nestjs/common';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { Readiness } from '#service-runtime/readiness.js';
import { Jobs } from '../rebuild/jobs.js';
import { ProjectorState } from '../run/projector-state.js';

/** Readiness of a projector: whether it can project. */
@Injectable()
export class ProjectorReadiness extends Readiness {
  constructor(link: NatsLink, state: ProjectorState, jobs: Jobs, requests: NatsRequestServer) {
    super();
    this.add('nats', () => link.problem);
    this.add('projector', () => state.problem);
    this.tell('job', () => jobs.waitsFor);
    // Without requests it still projects; only operators cannot reach it.
    this.tell('requests', () => requests.problem);
  }
}

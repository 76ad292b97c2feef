import { Injectable } from '@nestjs/common';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { Readiness } from '#service-runtime/readiness.js';
import { DatabaseProbe } from './reading/database-probe.js';

/** What the query app needs to answer requests. */
@Injectable()
export class QueryReadiness extends Readiness {
  constructor(link: NatsLink, database: DatabaseProbe, requests: NatsRequestServer) {
    super();
    // HTTP requests are answered without NATS: its absence must not take this process out of the load balancer.
    this.add('nats', () => link.problem, 'nats');
    this.add('database', () => database.problem);
    this.add('requests', () => requests.problem, 'nats');
  }
}

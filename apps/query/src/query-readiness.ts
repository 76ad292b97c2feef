import { Injectable } from '@nestjs/common';
import { Registry } from 'prom-client';
import { NatsLink } from '#service-runtime/nats-connection.js';
import { NatsRequestServer } from '#service-runtime/nats-requests/nats-request-server.js';
import { Readiness } from '#service-runtime/readiness.js';
import { readinessGauge } from '#service-runtime/readiness-gauge.js';
import { DatabaseProbe } from './reading/database-probe.js';

/** Readiness of the query app: whether it can answer requests. */
@Injectable()
export class QueryReadiness extends Readiness {
  constructor(link: NatsLink, database: DatabaseProbe, requests: NatsRequestServer, registry: Registry) {
    super();
    // HTTP requests need no NATS: a lost NATS connection must not take this process out of the load balancer.
    this.add('nats', () => link.problem, 'nats');
    this.add('database', () => database.problem);
    this.add('requests', () => requests.problem, 'nats');
    readinessGauge(registry, 'query', this);
  }
}

import type { Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { Tracing } from '#service-runtime/tracing/tracing.js';
import type { Projection } from './projection.js';
import type { ProjectorMetrics } from './run/projector-metrics.js';
import type { ProjectorSettings } from './settings.js';

/**
 * The projection, its settings and the connections, which every part of the engine uses. It is a class only so that Nest can inject it by
 * its type.
 */
export abstract class Engine {
  abstract readonly projection: Projection;
  abstract readonly settings: ProjectorSettings;
  abstract readonly link: NatsLink;
  /** For reads beside the writing connection; long statements have their own connections. */
  abstract readonly pool: Pool;
  abstract readonly metrics: ProjectorMetrics;
  abstract readonly logger: Logger;
  abstract readonly tracing: Tracing;
}

import type { Pool } from 'pg';
import type { Logger } from '#service-runtime/logger.js';
import type { NatsLink } from '#service-runtime/nats-connection.js';
import type { Projection } from './projection.js';
import type { ProjectorMetrics } from './run/projector-metrics.js';
import type { ProjectorSettings } from './settings.js';

/** What every part of the engine works with. A class only so that constructors can ask for it by its type. */
export abstract class Engine {
  abstract readonly projection: Projection;
  abstract readonly settings: ProjectorSettings;
  abstract readonly link: NatsLink;
  /** For looks at the database beside the writing connection; long statements have connections of their own. */
  abstract readonly pool: Pool;
  abstract readonly metrics: ProjectorMetrics;
  abstract readonly logger: Logger;
}

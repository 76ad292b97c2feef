import type { Logger } from '../logger.js';
import { NO_TRACING, type Tracing } from './tracing.js';

/** The packages of OpenTelemetry are loaded only where spans are wanted: they would cost every start time and memory. */
export async function startTracing(service: string, isWanted: boolean, logger: Logger): Promise<Tracing> {
  if (!isWanted) return NO_TRACING;
  const { OpenTelemetry } = await import('./open-telemetry.js');
  return new OpenTelemetry(service, logger);
}

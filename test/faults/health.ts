import { eventually } from '../support/eventually.js';
import type { AppProcess } from '../support/app-process.js';

export interface Health {
  readonly status: number;
  /** By what is not well. */
  readonly reasons: Readonly<Record<string, string>>;
  /** The same, where only other doors suffer from it. */
  readonly degraded: Readonly<Record<string, string>>;
}

type Door = 'http' | 'nats';

/** @param door NATS unless told: what HTTP needs, it needs too */
export async function healthOf(app: AppProcess, door: Door = 'nats'): Promise<Health> {
  const path = door === 'http' ? '/health/ready' : '/health/ready/nats';
  const response = await fetch(`${app.url}${path}`, { signal: AbortSignal.timeout(2_000) });
  const { reasons = {}, degraded = {} } = (await response.json()) as Partial<Health>;
  return { status: response.status, reasons, degraded };
}

/** Waits until the app says that it is not ready, and that the reason is this. */
export function notReady(app: AppProcess, part: string, reason: RegExp, within = 20_000): Promise<Health> {
  const look = async () => {
    const health = await healthOf(app);
    if (health.status !== 503 || !reason.test(health.reasons[part] ?? '')) throw new Error(JSON.stringify(health));
    return health;
  };
  return eventually(`not to be ready: ${part} ${reason}`, look, { within, details: () => app.output });
}

export function ready(app: AppProcess, within = 20_000): Promise<Health> {
  const look = async () => {
    const health = await healthOf(app);
    if (health.status !== 200) throw new Error(JSON.stringify(health));
    return health;
  };
  return eventually('to be ready', look, { within, details: () => app.output });
}

/** The sum over all labels of a metric; NaN, which is no number to expect, where it has no sample. */
export async function metric(app: AppProcess, name: string): Promise<number> {
  const samples = [...(await app.metrics())].filter(([key]) => key === name || key.startsWith(`${name}{`));
  return samples.length === 0 ? NaN : samples.reduce((sum, [, value]) => sum + value, 0);
}

/** How often the projector had to begin again for this reason. */
export async function interruptions(projector: AppProcess, reason: string): Promise<number> {
  return (await projector.metrics()).get(`projector_interruptions_total{reason="${reason}"}`) ?? 0;
}

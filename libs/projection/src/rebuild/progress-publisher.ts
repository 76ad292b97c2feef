import type { Engine } from '../engine.js';
import type { JobStatus } from '../job.js';
import type { JobProgress } from './job-progress.js';

const EVERY_MS = 500;

/** Publishes how far a job is, now and then, for operators that follow it. @returns what ends that */
export function publishProgress(engine: Engine, progress: JobProgress): () => void {
  const timer = setInterval(() => publishStatus(engine, progress.status()), EVERY_MS);
  return () => clearInterval(timer);
}

export function publishStatus({ link, settings }: Engine, status: JobStatus): void {
  if (!link.isUp) return;
  const subject = `${settings.subjectPrefix}.${status.kind === 'verify' ? 'verify' : 'rebuild'}.progress`;
  void link.connected().then((connection) => connection.publish(subject, JSON.stringify(status)));
}

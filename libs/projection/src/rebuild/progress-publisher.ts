import type { Engine } from '../engine.js';
import type { JobStatus } from '../job.js';
import type { JobProgress } from './job-progress.js';

const EVERY_MS = 500;

/** Publishes the progress of a job at intervals, for operators that follow it. @returns a function that stops it */
export function publishProgress(engine: Engine, progress: JobProgress): () => void {
  const timer = setInterval(() => publishStatus(engine, progress.status()), EVERY_MS);
  return () => clearInterval(timer);
}

export function publishStatus({ link, settings }: Engine, status: JobStatus): void {
  if (!link.isUp) return;
  const subject = `${settings.subjectPrefix}.${status.kind === 'verify' ? 'verify' : 'rebuild'}.progress`;
  void link.connected().then((connection) => connection.publish(subject, JSON.stringify(status)));
}

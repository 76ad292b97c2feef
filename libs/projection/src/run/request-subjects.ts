import type { Logger } from '#service-runtime/logger.js';
import { takesRequests } from '#service-runtime/settings/reply-subjects.js';
import type { ProjectorSettings } from '../settings.js';

/** An existing stream may have other subjects than the settings name. */
export function warnOfRequestSubjects(
  { name, subjects = [] }: { readonly name: string; readonly subjects?: readonly string[] | undefined },
  { subjectPrefix }: Pick<ProjectorSettings, 'subjectPrefix'>,
  logger: Logger,
): void {
  if (!takesRequests(subjectPrefix, subjects)) return;
  logger.error(
    { stream: name, subjects },
    `the stream takes the requests on ${subjectPrefix}.list and its like: the server answers them before the apps do, and keeps them as events; give it other subjects, or set NATS_SUBJECT_PREFIX`,
  );
}

/** Ends a job permanently: a new attempt would end the same way. */
export class JobFailed extends Error {
  override readonly name: string = 'JobFailed';
}

/** The stream is not the one that the job was begun with. A new job may read it as it is now. */
export class JobsStreamChanged extends JobFailed {
  override readonly name = 'JobsStreamChanged';
}

/** An operator has cancelled the job. */
export class JobCancelled extends JobFailed {
  override readonly name = 'JobCancelled';
}

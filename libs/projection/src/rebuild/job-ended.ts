/** Ends a job permanently: a new attempt would end the same way. */
export class JobFailed extends Error {
  override readonly name: string = 'JobFailed';
}

/** An operator has cancelled the job. */
export class JobCancelled extends JobFailed {
  override readonly name = 'JobCancelled';
}

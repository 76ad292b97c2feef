/** Ends a job for good: trying again would end the same way. */
export class JobFailed extends Error {
  override readonly name: string = 'JobFailed';
}

/** Ends a job because an operator has requested it. */
export class JobCancelled extends JobFailed {
  override readonly name = 'JobCancelled';
}

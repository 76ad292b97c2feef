/** After a failure a rebuild that no operator has ordered begins again this much later: an operator may free disk space meanwhile. */
export const AGAIN_AFTER_MS = 300_000;

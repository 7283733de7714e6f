/** Stands in for `pony-cause` in umzug, which gives errors a cause: JavaScript's own have one. */
export const ErrorWithCause = Error;

/**
 * The error at the bottom of a chain of causes, for the log. The outer ones are less telling, and the database layer's quote a statement with its
 * parameters.
 */
export function innermostCause(error: unknown): Error {
  const known = error instanceof Error ? error : new Error(String(error));
  return known.cause instanceof Error ? innermostCause(known.cause) : known;
}

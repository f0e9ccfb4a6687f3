/** The caller wrote the command wrongly: exit code 2, one sentence. Faults of files, models and machines are other errors (exit code 1). */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

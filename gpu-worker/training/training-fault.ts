/** What stopped a run; the cause is what was thrown there. */
export class TrainingFault extends Error {
  /** `in step 4 (queries …)`, `at the look at the dev queries after step 4`. */
  readonly where: string;

  constructor(where: string, message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'TrainingFault';
    this.where = where;
  }
}

/** What stopped a run, where, and what it can be gone on from. The step of the checkpoint is 0 where there is none yet. */
export function trainingFault(
  where: string,
  error: unknown,
  checkpoint: { readonly step: number; readonly path: string },
): TrainingFault {
  const reason = error instanceof Error ? error.message : String(error);
  const kept =
    checkpoint.step > 0
      ? `the checkpoint of step ${checkpoint.step} is kept in ${checkpoint.path}`
      : 'there is no checkpoint yet';
  return new TrainingFault(where, `Training stopped ${where}: ${reason}; ${kept}.`, error);
}

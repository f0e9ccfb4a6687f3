/** What stopped a run, where, and what it can be gone on from. `where`: `in step 4 (queries …)`; The step of the checkpoint is 0 where there is none yet. */
export function trainingFault(
  where: string,
  error: unknown,
  checkpoint: { readonly step: number; readonly path: string },
): Error {
  const reason = error instanceof Error ? error.message : String(error);
  const kept =
    checkpoint.step > 0
      ? `the checkpoint of step ${checkpoint.step} is kept in ${checkpoint.path}`
      : 'there is no checkpoint yet';
  return new Error(`Training stopped ${where}: ${reason}; ${kept}.`, { cause: error });
}

import type { CommandIo } from '#cli/command-line/command-io.ts';
import type { DataProblem } from '#gpu-worker/training/data/data-problems.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/**
 * Says what is wrong with training data, a line for each kind.
 * @throws ServiceError `invalid_request` when an error is among it: nothing is to be trained then
 */
export function reportDataProblems(
  path: string,
  problems: readonly DataProblem[],
  io: Pick<CommandIo, 'stderr'>,
): void {
  for (const problem of problems) io.stderr.write(`${problem.severity}: ${problem.message}\n`);
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  if (errors === 0) return;
  throw new ServiceError('invalid_request', `${path}: ${errors} kinds of error, named above; nothing was trained.`);
}

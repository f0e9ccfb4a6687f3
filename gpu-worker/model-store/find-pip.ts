import { runProgram } from '#gpu-worker/model-store/run-program.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

/** Ways to call pip, the one that says which Python it belongs to first. */
const candidates: readonly (readonly string[])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
];

/**
 * The command that runs pip here.
 * @throws ServiceError `not_ready` when there is none
 */
export async function findPip(
  variables: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  for (const candidate of candidates) {
    const result = await runProgram([...candidate, '--version'], variables, signal);
    if (result !== 'not-found' && result.exitCode === 0) return candidate;
  }
  const tried = candidates.map((candidate) => candidate.join(' ')).join(', ');
  throw new ServiceError(
    'not_ready',
    `The default model is fetched by pip, and there is none (tried ${tried}): install Python 3 with pip, or name a model file with --model PATH (of a worker: GPU_WORKER_MODEL).`,
  );
}

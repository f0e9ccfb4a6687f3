import { UsageError } from '#cli/command-line/usage-error.ts';

export const jobIdArgument = {
  id: { type: 'positional', required: false, valueHint: 'ID', description: 'Id of the job: tj_…' },
} as const;

/** @throws UsageError where none is named */
export function readJobId(id: string | undefined): string {
  if (id !== undefined && id !== '') return id;
  throw new UsageError('Name the job by its id: tj_….');
}

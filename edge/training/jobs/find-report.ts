import { unexpectedAnswer } from '#edge/object-store/object-store-fault.ts';
import type { JobStore } from '#edge/training/jobs/job-store.ts';
import { jobNotFound } from '#edge/training/not-found.ts';
import { type TrainingService, trainingBucket } from '#edge/training/training-service.ts';
import { ServiceError } from '#shared/errors/service-error.ts';
import { trainingReportKey, trainingReportPageKey } from '#shared/object-keys.ts';
import type { ReportFormat } from '#shared/protocol/training-report.ts';
import { hasEnded } from '#shared/training/job-states.ts';

export interface NamedReport {
  readonly tenantId: string;
  /** Of the job. */
  readonly id: string;
  readonly format: ReportFormat;
}

const keys = { json: trainingReportKey, html: trainingReportPageKey } as const satisfies Record<ReportFormat, unknown>;

/**
 * The bytes of a completed job's report, as its worker left it. Throws ServiceError `training_job_not_found`, `training_job_active` while the job may yet
 * complete, `training_report_not_found`, `training_unavailable`, `adapter_store_unavailable`.
 */
export async function findReport(
  service: TrainingService,
  jobs: JobStore,
  { tenantId, id, format }: NamedReport,
): Promise<ReadableStream> {
  const job = await jobs.find(tenantId, id);
  if (job === undefined) throw jobNotFound(id);
  const { state, lease } = job;
  if (!hasEnded(state)) {
    const message = `Training job ${id} is ${state}; its report is there when it has completed.`;
    throw new ServiceError('training_job_active', message);
  }
  if (state !== 'completed') {
    throw new ServiceError(
      'training_report_not_found',
      `Training job ${id} is ${state}; only a completed one has a report.`,
    );
  }
  const response = await trainingBucket(service).s3.send({ method: 'GET', key: keys[format](id, lease) });
  if (response.status === 404) {
    const what = format === 'html' ? 'page of the report' : 'report';
    throw new ServiceError('training_report_not_found', `The ${what} of training job ${id} is not there.`);
  }
  if (response.status !== 200 || response.body === null) throw await unexpectedAnswer('GET', response);
  return response.body;
}

import { join } from 'node:path';
import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import { type HeldJob, type JobTools, keepTrying } from '#gpu-worker/training-service/held-job.ts';
import { jobFiles } from '#gpu-worker/training-service/process/training-process-messages.ts';
import { summariseReport } from '#gpu-worker/training-service/summarise-report.ts';
import { trainingReportPageKey } from '#shared/object-keys.ts';
import type { Finish } from '#shared/protocol/training-work.ts';
import { inSpan } from '#shared/tracing/in-span.ts';

/** Puts adapter, report and its page into the bucket, each whole or not at all; what is said to the edge of them. */
export async function handOverResults(job: HeldJob, tools: JobTools, report: TrainingReport): Promise<Finish> {
  const { lease, folder } = job;
  const bring = (key: string, file: string) =>
    inSpan(job.trace, 'upload', { 'hintrank.file': file }, () =>
      keepTrying(job, tools.pauses, file, (signal) => tools.objects.upload(key, join(folder, file), signal)),
    );
  await bring(trainingReportPageKey(lease.job_id, lease.lease), jobFiles.reportHtml);
  return {
    outcome: 'completed',
    lease: lease.lease,
    report: await bring(lease.report_object_key, jobFiles.reportJson),
    adapter: await bring(lease.adapter_object_key, jobFiles.adapter),
    summary: summariseReport(report),
  };
}

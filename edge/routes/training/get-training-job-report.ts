import type { Context, Hono } from 'hono';
import { accepts } from 'hono/accepts';
import type { AppEnvironment } from '#edge/app-context.ts';
import { answerWithStream } from '#edge/http/answer-with-stream.ts';
import { readQuery } from '#edge/http/read-query.ts';
import { authenticateApiKey } from '#edge/middleware/authenticate-api-key.ts';
import { describePathId, describeQuery } from '#edge/openapi/describe-parameters.ts';
import { describeTrainingRoute } from '#edge/routes/training/describe-training-route.ts';
import { findReport } from '#edge/training/jobs/find-report.ts';
import {
  type ReportFormat,
  trainingReportQuerySchema,
  trainingReportSchema,
} from '#shared/protocol/training-report.ts';

const describeReport = () =>
  describeTrainingRoute({
    operationId: 'get_v1_training_job_report',
    summary: "Get a training job's report",
    description:
      'Of a completed job, published or not: metrics against the base model with confidence intervals, curves, a summary of the data, calibration, the exact settings and the seed. As JSON; as a page with plots for `?format=html`, or `Accept: text/html`. 409 while the job goes on.',
    parameters: [
      ...describePathId('id', 'Id of the job.', 'tj_5n8y1r6s2bhe4fq9w2m0'),
      ...describeQuery(trainingReportQuerySchema),
    ],
    answer: 'The report.',
    schema: trainingReportSchema,
    textTypes: ['text/html'],
    errors: [
      'invalid_request',
      'training_job_not_found',
      'training_report_not_found',
      'training_job_active',
      'adapter_store_unavailable',
    ],
  });

/**
 * A page of somebody's figures: it may load nothing, run nothing, send nothing and be framed by nobody, as if it came from no origin. Its styles stand in
 * it, those of the plots at their elements.
 */
const pageHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
} as const;

const headersOf: Readonly<Record<ReportFormat, Readonly<Record<string, string>>>> = {
  json: { 'content-type': 'application/json' },
  html: pageHeaders,
};

const commonHeaders = {
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'Accept',
} as const;

/** `GET /v1/training-jobs/{id}/report`. */
export function addTrainingJobReportRoute(app: Hono<AppEnvironment>): void {
  app.get('/v1/training-jobs/:id/report', describeReport(), authenticateApiKey('train'), async (context) => {
    const { service, jobs } = context.var.dependencies.training;
    const { format = acceptedFormat(context) } = readQuery(trainingReportQuerySchema, context.req.url);
    const named = { tenantId: context.var.apiKey.tenantId, id: context.req.param('id'), format };
    const report = await findReport(service, jobs, named);
    return answerWithStream(context, report, { ...commonHeaders, ...headersOf[format] });
  });
}

function acceptedFormat(context: Context): ReportFormat {
  const supports = ['application/json', 'text/html'];
  const wanted = accepts(context, { header: 'Accept', supports, default: 'application/json' });
  return wanted === 'text/html' ? 'html' : 'json';
}

import { z } from 'zod';
import { datasetFormats } from '#shared/protocol/dataset.ts';
import { trainingSummarySchema } from '#shared/protocol/training-summary.ts';
import { jobStates } from '#shared/training/job-states.ts';

/**
 * Internal calls training worker → edge, signed for the audience `edge` (shared/signed-calls). A worker pulls: it asks for a job, says regularly that it is
 * alive, and says how it ended. A lease is known by its number, which rises with every lease of a job; a call with another number than the job's
 * newest answers 409 `lease_lost`, and whoever gets that stops and throws its work away. Both ends parse with these schemas; unknown fields are tolerated.
 *
 *   POST /internal/training/leases                 leaseRequestSchema     → 200 leaseSchema, or 204: nothing to do
 *   POST /internal/training/jobs/{id}/heartbeat    heartbeatSchema        → 200 heartbeatAnswerSchema
 *   POST /internal/training/jobs/{id}/finish       finishSchema           → 200 finishAnswerSchema
 *
 * Every call may be repeated when its answer was lost: a heartbeat of the same `beat` counts once, a finish of the same lease answers as before.
 */
export const trainingRoutes = {
  leases: '/internal/training/leases',
  heartbeat: (jobId: string) => `/internal/training/jobs/${jobId}/heartbeat`,
  finish: (jobId: string) => `/internal/training/jobs/${jobId}/finish`,
} as const;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'it must be a SHA-256 in lower-case hex');
const lease = z.int().min(1).describe('Number of the lease.');
const step = z.int().min(0);

/** An object in the bucket that both ends use. */
export const storedObjectSchema = z.object({
  object_key: z.string().min(1).max(500),
  sha256,
  bytes: z.int().min(0),
});
export type StoredObject = z.infer<typeof storedObjectSchema>;

export const leaseRequestSchema = z.object({
  worker_id: z.string().min(1).max(100).describe('Names the worker in logs; a new one for each start of the process.'),
  model: z.string().min(1).max(200).describe('Id of the base model that it holds; it gets jobs for no other.'),
});
export type LeaseRequest = z.infer<typeof leaseRequestSchema>;

const checkpointSchema = storedObjectSchema.extend({
  step: step.describe('Steps that are done in it.'),
  tokens: z.int().min(0).describe('`tokens` of the run at that step.'),
});

/** A job in the hands of one worker. */
export const leaseSchema = z.object({
  job_id: z.string().regex(/^[A-Za-z0-9_-]{1,60}$/),
  lease,
  attempt: z.int().min(1).describe('1 to `attempts_max`; leases that were handed back do not count.'),
  attempts_max: z.int().min(1),
  heartbeat_seconds: z
    .number()
    .positive()
    .describe('A heartbeat at least this often; after four without one the lease is lost.'),
  model: z.string(),
  settings: z
    .record(z.string(), z.unknown())
    .describe(
      'Input of trainingSettingsSchema (gpu-worker/training/settings), in its own names; what is absent has its default.',
    ),
  adapter_name: z.string(),
  publish: z
    .enum(['if-better', 'always'])
    .describe('Whether an adapter without a gain is published too: the edge decides, the worker hands it over anyway.'),
  dataset: storedObjectSchema.extend({
    id: z.string(),
    name: z.string(),
    format: z
      .enum(datasetFormats)
      .describe(
        'jsonl: lines of datasetLineSchema (shared/protocol/dataset), each names its split; beir: a zip archive of a BEIR folder (shared/beir). Both are checked.',
      ),
  }),
  checkpoint_prefix: z
    .string()
    .describe('Checkpoints go under this key, each under a key of its own; deleted when the job ends.'),
  checkpoint: checkpointSchema.nullable().describe('The newest that a heartbeat has named; null: begin at the start.'),
  adapter_object_key: z.string().describe('Where to put the finished adapter: `uploads/…`, of this lease alone.'),
  report_object_key: z.string().describe('Where to put the report (JSON), of this lease alone.'),
  traceparent: z
    .string()
    .max(200)
    .optional()
    .describe('Of the request that made the job, as W3C Trace Context writes it; absent: it belongs to no trace.'),
});
export type TrainingLease = z.infer<typeof leaseSchema>;

/** What happened in a run, in the words of gpu-worker/training/training-run.ts. */
export const trainingNewsSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('resumed'), step }),
  z.object({ kind: z.literal('base'), metric: z.number() }),
  z.object({ kind: z.literal('dev'), step, metric: z.number(), best: z.boolean() }),
  z.object({ kind: z.literal('stopped-early'), step }),
]);
export type TrainingNews = z.infer<typeof trainingNewsSchema>;

export const heartbeatSchema = z.object({
  lease,
  beat: z.int().min(1).describe('Number of the heartbeat in this lease, rising; the same one again changes nothing.'),
  progress: z
    .object({
      step,
      steps: z.int().min(1).describe('At most; a run may end sooner.'),
      loss: z.number().nullable().describe('Mean of the steps since the last heartbeat; null: there were none.'),
      tokens: z
        .int()
        .min(0)
        .describe('Tokens of all steps up to `step`; a run that goes on from a checkpoint goes on from its `tokens`.'),
      seconds_left: z.number().min(0).nullable(),
    })
    .nullable()
    .describe('null: still preparing.'),
  news: z.array(trainingNewsSchema).max(1_000).default([]).describe('Since the last heartbeat, in order.'),
  checkpoint: checkpointSchema.nullable().default(null).describe('A new one; its object is whole in the bucket.'),
});
export type Heartbeat = z.input<typeof heartbeatSchema>;

export const heartbeatAnswerSchema = z.object({
  continue: z.boolean().describe('false: the job is cancelled; stop, and finish as `cancelled`.'),
});
export type HeartbeatAnswer = z.infer<typeof heartbeatAnswerSchema>;

/** The worker's last call for a job. */
export const finishSchema = z.discriminatedUnion('outcome', [
  z.object({
    outcome: z.literal('completed'),
    lease,
    adapter: storedObjectSchema.describe('Whole under `adapter_object_key`.'),
    report: storedObjectSchema.describe('Whole under `report_object_key`.'),
    summary: trainingSummarySchema,
  }),
  z.object({
    outcome: z.literal('failed'),
    lease,
    code: z.string().regex(/^[a-z_]{1,60}$/),
    message: z.string().min(1).max(2_000).describe('Shown to the job’s owner; without texts of the dataset.'),
    retryable: z
      .boolean()
      .describe('Whether another attempt may end otherwise: false for what the data or the settings cause.'),
  }),
  z.object({ outcome: z.literal('cancelled'), lease }),
  z
    .object({ outcome: z.literal('released'), lease })
    .describe('Handed back without a fault, by a worker that is shut down.'),
]);
export type Finish = z.infer<typeof finishSchema>;

export const finishAnswerSchema = z.object({
  state: z.enum(jobStates).describe('Of the job now.'),
  adapter_version: z.int().nullable().describe('That the adapter was published as; null: it was not.'),
});
export type FinishAnswer = z.infer<typeof finishAnswerSchema>;

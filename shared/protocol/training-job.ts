import { z } from 'zod';
import { limits } from '#shared/limits.ts';
import { adapterNameSchema } from '#shared/protocol/adapter-request.ts';
import { trainingJobSettingsSchema } from '#shared/protocol/training-settings.ts';
import { trainingSummarySchema } from '#shared/protocol/training-summary.ts';
import { jobStates } from '#shared/training/job-states.ts';
import { presetNames } from '#shared/training/presets.ts';

const methods = ['retrieve', 'attend', 'soft-prompt'] as const;

const methodField = z.enum(methods).meta({
  description: '`retrieve`: Q-PEFT-R, `attend`: Q-PEFT-A, `soft-prompt`: a trained instruction only.',
  examples: ['retrieve'],
});
const presetField = z.enum(presetNames).meta({
  description:
    '`standard`: what measured best; `quick`: a first look in a third of the time; `blended`: trained by the scores that the API orders by; `paper`: the loss and batches of the paper.',
  examples: ['standard'],
});
const onNoGainField = z.enum(['publish', 'keep']).meta({
  description:
    'What happens when the dev queries show no gain over the base model: `keep` publishes nothing, `publish` publishes all the same.',
  examples: ['keep'],
});

/** Body of `POST /v1/training-jobs`. */
export const createTrainingJobSchema = z
  .strictObject({
    dataset: z
      .string()
      .min(1)
      .max(100)
      .meta({ description: 'Id of the dataset.', examples: ['ds_0d3v5n8y1r6s2bhe4fq9'] }),
    adapter: adapterNameSchema.meta({
      description: 'Name of the adapter whose next version the result becomes.',
      examples: ['support-tickets'],
    }),
    method: methodField.default('retrieve'),
    preset: presetField.default('standard'),
    settings: trainingJobSettingsSchema
      .default({})
      .meta({ description: 'Each stands instead of the preset’s.', examples: [{ steps: 100, seed: 7 }] }),
    on_no_gain: onNoGainField.default('keep'),
  })
  .meta({ id: 'CreateTrainingJob' });

const instant = (description: string) =>
  z.iso
    .datetime()
    .nullable()
    .meta({ description, examples: ['2026-11-23T12:00:00.000Z'] });

const figure = (description: string, example: number) =>
  z
    .number()
    .nullable()
    .meta({ description, examples: [example] });

/** A training job. */
export const trainingJobSchema = z
  .object({
    object: z.literal('training_job'),
    id: z.string().meta({ description: 'Names the job in routes.', examples: ['tj_5n8y1r6s2bhe4fq9w2m0'] }),
    state: z.enum(jobStates).meta({
      description:
        '`submitted`: not yet looked at; `queued`: waits for a worker; `running`; `cancelling`: its worker was told to stop; and the ends `completed`, `failed`, `cancelled`.',
      examples: ['running'],
    }),
    dataset: z.string().meta({ description: 'Id of the dataset.', examples: ['ds_0d3v5n8y1r6s2bhe4fq9'] }),
    adapter: z
      .string()
      .meta({ description: 'Name that the result is published under.', examples: ['support-tickets'] }),
    model: z.string().meta({ description: 'Id of the base model.', examples: ['smollm2-135m-instruct'] }),
    method: methodField,
    preset: presetField,
    settings: trainingJobSettingsSchema.meta({
      description: "The preset's, and those of the request; all others have their defaults (docs/training-service.md).",
      examples: [{ steps: 100, seed: 7 }],
    }),
    on_no_gain: onNoGainField,
    position: figure('Jobs that get a worker before this one, and one; null: it does not wait.', 3),
    attempt: z
      .number()
      .int()
      .meta({ description: `Times that a worker took it, of ${limits.trainingAttemptsMax} at most.`, examples: [1] }),
    progress: z
      .object({
        step: z
          .number()
          .int()
          .meta({ description: 'Steps that are done.', examples: [120] }),
        steps: z
          .number()
          .int()
          .meta({ description: 'Steps at most.', examples: [170] }),
        loss: figure('Mean over the last steps.', 1.2041),
        base_metric: figure('Mean nDCG@10 of the base model on the dev queries.', 0.69),
        dev_metric: figure('Of the adapter, at the last look.', 0.709),
        best_metric: figure('Of the adapter, at its best look.', 0.711),
        seconds_left: figure('At most.', 84),
        at: z.iso
          .datetime()
          .meta({ description: 'UTC. When the worker last said so.', examples: ['2026-11-23T12:00:00.000Z'] }),
      })
      .nullable()
      .meta({ description: 'null: no step has been told of yet.', examples: [null] }),
    cost: z
      .object({
        tokens: z
          .number()
          .int()
          .meta({
            description:
              'Tokens that the frozen model read, forwards and backwards; steps that a crash made a worker repeat count once.',
            examples: [1_204_331],
          }),
      })
      .meta({ description: 'What it has used; counted in `/v1/usage` and in the day’s training tokens.' }),
    result: z
      .object({
        published: z
          .string()
          .nullable()
          .meta({
            description: 'The adapter version, as requests name it; null: none.',
            examples: ['support-tickets@4'],
          }),
        report: z.string().meta({
          description: 'Path of everything about the result: settings, curves, figures; with `?format=html` a page.',
          examples: ['/v1/training-jobs/tj_5n8y1r6s2bhe4fq9w2m0/report'],
        }),
        summary: trainingSummarySchema.meta({
          description:
            'Figures against the base model on the dev queries, and failures that are known of such adapters where they were seen.',
        }),
      })
      .nullable()
      .meta({ description: 'Of a completed job.', examples: [null] }),
    error: z
      .object({
        code: z.string().meta({ description: 'What failed.', examples: ['worker_lost'] }),
        message: z
          .string()
          .meta({ description: 'In a sentence.', examples: ['No worker got to its end in 3 attempts.'] }),
      })
      .nullable()
      .meta({ description: 'Of a failed job.', examples: [null] }),
    created_at: z.iso.datetime().meta({ description: 'UTC.', examples: ['2026-11-23T12:00:00.000Z'] }),
    started_at: instant('UTC. When a worker first took it; null: none has.'),
    ended_at: instant('UTC; null: it goes on.'),
  })
  .meta({ id: 'TrainingJob' });
export type TrainingJobResponse = z.infer<typeof trainingJobSchema>;

/** Answer to `GET /v1/training-jobs`. */
export const trainingJobListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(trainingJobSchema).meta({ description: 'The newest first.' }),
    has_more: z
      .boolean()
      .meta({ description: 'Whether older ones follow; name the last id as `after`.', examples: [false] }),
  })
  .meta({ id: 'TrainingJobList' });
export type TrainingJobListResponse = z.infer<typeof trainingJobListSchema>;

/** Query of `DELETE /v1/training-jobs/{id}`. */
export const deleteTrainingJobQuerySchema = z.strictObject({
  adapter: z
    .enum(['keep', 'delete'])
    .default('keep')
    .meta({ description: 'What becomes of the adapter version that it published.', examples: ['keep'] }),
});

/** Answer to `DELETE /v1/training-jobs/{id}`. */
export const trainingJobDeletionSchema = z
  .object({
    object: z.literal('training_job_deletion'),
    id: z.string().meta({ description: 'The job that is gone.', examples: ['tj_5n8y1r6s2bhe4fq9w2m0'] }),
    deleted_adapter: z
      .string()
      .nullable()
      .meta({ description: 'The adapter version that went with it; null: none.', examples: ['support-tickets@4'] }),
  })
  .meta({ id: 'TrainingJobDeletion' });
export type TrainingJobDeletionResponse = z.infer<typeof trainingJobDeletionSchema>;

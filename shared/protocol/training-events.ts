import { z } from 'zod';
import { trainingNewsSchema } from '#shared/protocol/training-work.ts';
import { jobStates } from '#shared/training/job-states.ts';

/**
 * `data` of the events of `GET /v1/training-jobs/{id}/events`; the event's `id` rises by one within a job. What a worker says of its run has the worker's
 * words; beside it `progress`, as the worker told it, and `state`.
 */
export const trainingEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('state'), state: z.enum(jobStates), message: z.string().nullable() }),
  z.object({
    kind: z.literal('progress'),
    step: z.number().int(),
    steps: z.number().int(),
    loss: z.number().nullable(),
    tokens: z.number().int(),
    seconds_left: z.number().nullable(),
  }),
  ...trainingNewsSchema.options,
]);
export type TrainingEventData = z.infer<typeof trainingEventSchema>;

/** Each event of the stream, for the API's documents. */
export const streamedTrainingEventSchema = z
  .object({
    id: z.string().meta({
      description:
        'Number of the event: 1 for the first of a job, then one more each. Send the last one seen as Last-Event-ID.',
      examples: ['3'],
    }),
    data: z.string().meta({
      description:
        'A JSON object with `kind`: `state` (`state`, `message`), `progress` (`step`, `steps`, `loss`, `tokens`, `seconds_left`), `resumed` (`step`), `base` (`metric`), `dev` (`step`, `metric`, `best`), `stopped-early` (`step`).',
      examples: ['{"kind":"dev","step":50,"metric":0.7,"best":true}'],
    }),
  })
  .meta({ id: 'TrainingEvent', description: 'Each of the server-sent events.' });

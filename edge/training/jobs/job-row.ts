import { z } from 'zod';
import type { trainingJobs } from '#edge/database/training-schema.ts';
import { createTrainingJobSchema } from '#shared/protocol/training-job.ts';
import { heartbeatSchema } from '#shared/protocol/training-work.ts';

export type JobRow = typeof trainingJobs.$inferSelect;

/** What was asked for, as `plan` keeps it: the preset's settings are in it already. */
export const jobPlanSchema = createTrainingJobSchema.pick({
  method: true,
  preset: true,
  settings: true,
  on_no_gain: true,
});
export type JobPlan = z.infer<typeof jobPlanSchema>;

/** What a worker has told of its run, as `progress` keeps it. */
export const jobProgressSchema = z.object({
  told: heartbeatSchema.shape.progress,
  base_metric: z.number().nullable(),
  dev_metric: z.number().nullable(),
  best_metric: z.number().nullable(),
  at_ms: z.number(),
});
export type JobProgress = z.infer<typeof jobProgressSchema>;

/** The newest checkpoint, as `checkpoint` keeps it. */
export const jobCheckpointSchema = heartbeatSchema.shape.checkpoint.unwrap().unwrap();

export function readPlan(row: JobRow): JobPlan {
  return jobPlanSchema.parse(JSON.parse(row.plan));
}

/** What version of the edge wrote it may be another: what cannot be read is left out. */
export function readProgress({ progress }: JobRow): JobProgress | undefined {
  return progress === null ? undefined : jobProgressSchema.safeParse(JSON.parse(progress)).data;
}

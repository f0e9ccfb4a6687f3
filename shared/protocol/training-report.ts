import { z } from 'zod';

export const reportFormats = ['json', 'html'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Query of `GET /v1/training-jobs/{id}/report`. */
export const trainingReportQuerySchema = z.strictObject({
  format: z
    .enum(reportFormats)
    .optional()
    .meta({
      description: 'The figures as JSON, or a page with plots; absent: what `Accept` says.',
      examples: ['html'],
    }),
});

/** Answer to `GET /v1/training-jobs/{id}/report`: what `hintrank train` writes beside its adapter (gpu-worker/training/adapter/training-report.ts), as it is. */
export const trainingReportSchema = z.looseObject({}).meta({
  id: 'TrainingReport',
  description:
    'Settings, data, curves, metrics against the base model and calibration; docs/training-service.md names its fields.',
  examples: [{ verdict: 'The adapter ranks better than the base model: …' }],
});

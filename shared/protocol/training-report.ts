import { z } from 'zod';

/** Answer to `GET /v1/training-jobs/{id}/report`: what `hintrank train` writes beside its adapter (gpu-worker/training/adapter/training-report.ts), as it is. */
export const trainingReportSchema = z.looseObject({}).meta({
  id: 'TrainingReport',
  description:
    'Settings, data, curves, metrics against the base model and calibration; docs/training-service.md names its fields.',
  examples: [{ verdict: 'The adapter ranks better than the base model: …' }],
});

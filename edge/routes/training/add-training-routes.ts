import type { Hono } from 'hono';
import type { AppEnvironment } from '#edge/app-context.ts';
import { addDatasetRoutes } from '#edge/routes/training/get-datasets.ts';
import { addTrainingJobEventRoute } from '#edge/routes/training/get-training-job-events.ts';
import { addTrainingJobReportRoute } from '#edge/routes/training/get-training-job-report.ts';
import { addTrainingJobRoutes } from '#edge/routes/training/get-training-jobs.ts';
import { addDatasetCreationRoute } from '#edge/routes/training/post-dataset.ts';
import { addTrainingJobStartRoutes } from '#edge/routes/training/post-training-job.ts';

/** Everything under `/v1/datasets` and `/v1/training-jobs`. */
export function addTrainingRoutes(app: Hono<AppEnvironment>): void {
  addDatasetCreationRoute(app);
  addDatasetRoutes(app);
  addTrainingJobStartRoutes(app);
  addTrainingJobRoutes(app);
  addTrainingJobEventRoute(app);
  addTrainingJobReportRoute(app);
}

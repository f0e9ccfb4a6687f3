import { createDatasetStore, type DatasetStore } from '#edge/training/datasets/dataset-store.ts';
import { createJobStore, type JobStore } from '#edge/training/jobs/job-store.ts';
import type { TrainingService } from '#edge/training/training-service.ts';

/** Everything that routes, queue and sweep need of training. */
export interface Training {
  readonly service: TrainingService;
  readonly datasets: DatasetStore;
  readonly jobs: JobStore;
}

export function createTraining(service: TrainingService): Training {
  const { database } = service;
  return { service, datasets: createDatasetStore(database), jobs: createJobStore(database) };
}

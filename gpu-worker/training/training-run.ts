import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import type { DevSet } from '#gpu-worker/training/dev/dev-set.ts';
import type { BlendSources } from '#gpu-worker/training/judge-adapter.ts';
import type { StepContext } from '#gpu-worker/training/steps/run-step.ts';
import type { AdapterStorage } from '#shared/adapter-file/write-adapter-file.ts';

/** What a run reports while it goes on. */
export type TrainingEvent =
  /** `tokens`: of all steps up to this one. */
  | { readonly kind: 'resumed'; readonly step: number; readonly tokens: number }
  /** A checkpoint of this step is on disk. */
  | { readonly kind: 'checkpoint'; readonly step: number }
  /** A look at the dev queries begins; `base` or `dev` ends it. */
  | { readonly kind: 'look' }
  | { readonly kind: 'dev-progress'; readonly fraction: number }
  | { readonly kind: 'base'; readonly metric: number }
  | {
      readonly kind: 'step';
      readonly step: number;
      readonly steps: number;
      readonly loss: number;
      readonly tokens: number;
    }
  | { readonly kind: 'dev'; readonly step: number; readonly metric: number; readonly best: boolean }
  | { readonly kind: 'stopped-early'; readonly step: number };

/** Everything that `trainAdapter` works with; `openTraining` makes it. */
export interface TrainingRun extends StepContext {
  readonly data: TrainingData;
  readonly dev: DevSet;
  readonly blend: BlendSources;
  /** Where the checkpoint is kept; it is read first. */
  readonly checkpointPath: string;
  /** Numbers of the adapter's file. */
  readonly storage: AdapterStorage;
  /** Digest of settings, storage, model and data. */
  readonly identity: string;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
}

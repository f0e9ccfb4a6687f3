import type { TrainingReport } from '#gpu-worker/training/adapter/training-report.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import type { TrainingEvent } from '#gpu-worker/training/training-run.ts';
import type { DatasetFormat } from '#shared/protocol/dataset.ts';

/** Everything that one training needs; nothing in it that decides the result depends on the machine. */
export interface TrainingProcessJob {
  readonly settings: TrainingSettings;
  /** The data set: JSON Lines whose lines name their part, or a zip archive of a BEIR folder. The file name of lines stands in messages and in the checkpoint's identity. */
  readonly dataPath: string;
  readonly dataFormat: DatasetFormat;
  /** Name of the data, for people; stands in the adapter. */
  readonly dataName: string;
  /** Path, or hub id, of the frozen model; absent: the default model. */
  readonly model: string | undefined;
  /** Constants of the base model, a file of `hintrank calibrate`; absent: those that are shipped for it. */
  readonly calibrationPath: string | undefined;
  readonly cacheFolder: string;
  readonly threads: number;
  /** Of all cores' time, above 0 and at most 1: what the process may use. */
  readonly share: number;
  /** Bytes on disk for keys and values of prefixes. */
  readonly prefixBytesMax: number;
  /** Folder for keys and values of prefixes: made of the owner's documents, and gone with the job. */
  readonly prefixFolder: string;
  /** Gets the checkpoint, and at the end adapter and reports; the checkpoint is read first where it is there. */
  readonly folder: string;
}

/** Files in a job's folder. */
export const jobFiles = {
  /** What an archive is unpacked into. */
  dataset: 'dataset',
  checkpoint: 'checkpoint.safetensors',
  adapter: 'adapter.safetensors',
  reportJson: 'report.json',
  reportHtml: 'report.html',
} as const;

/** What the worker says to the process. */
export type ToTrainingProcess =
  | { readonly kind: 'job'; readonly job: TrainingProcessJob }
  /** End at the next chance, with a checkpoint of the step that was done. */
  | { readonly kind: 'stop' };

/** What the process says. After `done`, `failed` or `stopped` it ends. */
export type FromTrainingProcess =
  | { readonly kind: 'event'; readonly event: TrainingEvent }
  /** Processor time of all its threads since it last said so. */
  | { readonly kind: 'used'; readonly processorSeconds: number }
  | { readonly kind: 'done'; readonly report: TrainingReport }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly failure: TrainingFailure };

/** Why a training ended without an adapter. */
export interface TrainingFailure {
  readonly code: 'invalid_dataset' | 'invalid_settings' | 'not_finite' | 'worker_failed';
  /** Whether another try, or another worker, would end in the same way. */
  readonly permanent: boolean;
  /** One sentence that the job's owner can act on; names no path of the machine. */
  readonly message: string;
}

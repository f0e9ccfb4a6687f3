import { createHash } from 'node:crypto';
import { basename, join } from 'node:path';
import { seededOrder } from '#gpu-worker/evaluation/seeded-order.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { writeLanguageModelGraphs } from '#gpu-worker/scoring/prepared-model/write-language-model-graphs.ts';
import { initialAdapter } from '#gpu-worker/training/adapter/initial-adapter.ts';
import type { TrainingData } from '#gpu-worker/training/data/training-data.ts';
import { prepareGradientGraph } from '#gpu-worker/training/gradients/language-model-gradient.ts';
import { HintModule } from '#gpu-worker/training/hints/hint-module.ts';
import { TrainedAdapter } from '#gpu-worker/training/optimiser/trained-adapter.ts';
import type { TrainingSettings } from '#gpu-worker/training/settings/training-settings.ts';
import { createLexicalOffset } from '#gpu-worker/training/steps/lexical-offset.ts';
import { PairSequences, type PairTexts } from '#gpu-worker/training/steps/pair-sequences.ts';
import { sweepPrefixes } from '#gpu-worker/training/threads/prefix-store.ts';
import { TrainingPool } from '#gpu-worker/training/threads/training-pool.ts';
import type { TrainingEvent, TrainingRun } from '#gpu-worker/training/training-run.ts';
import type { AdapterConfig } from '#shared/adapter-file/adapter-config.ts';
import type { AdapterStorage } from '#shared/adapter-file/write-adapter-file.ts';
import { findBaseCalibration } from '#shared/calibration/base-model-calibration.ts';
import type { Calibration } from '#shared/calibration/calibration.ts';
import { ServiceError } from '#shared/errors/service-error.ts';

export interface TrainingOptions {
  readonly settings: TrainingSettings;
  readonly data: TrainingData;
  /** What of a document is read: its text alone, or `title. text`. */
  readonly withTitle: boolean;
  readonly modelPath: string;
  readonly cacheFolder: string;
  readonly threads: number;
  /** Name of the data, for people. */
  readonly dataName: string;
  /** Constants of the base model; null: those that are shipped for it, if there are any. */
  readonly calibration: Calibration | null;
  /** Fit the adapter's constants with BM25's score, too. */
  readonly withFirstStage: boolean;
  /** Numbers of the adapter's file, which the looks at the dev queries are at; fp16 where absent. */
  readonly storage?: AdapterStorage;
  readonly checkpointPath: string;
  /** Keeps keys and values of prefixes; absent: a folder of the model in the cache folder, for all runs. */
  readonly prefixFolder?: string;
  /** Bytes on disk for keys and values of prefixes; what was used longest ago makes room. */
  readonly prefixBytesMax: number;
  readonly onEvent: (event: TrainingEvent) => void;
  readonly signal?: AbortSignal;
  /** Awaited before each run of the model, where others need the processor too; results do not depend on it. */
  readonly pace?: () => Promise<void>;
}

/** Sequences of a run with gradient: below some 200 rows, streaming the weights is most of the time. */
const gradientSlots = 4;

/** Keys and values in float16 lose less than the difference between two processors, and take half the disk. */
const keyValueType = 'float16';

/** As adapters are published. */
const storageDefault = 'fp16';

/** As the calibration in an adapter takes it. */
const dataNameLengthMax = 200;

/** Opens everything that `trainAdapter` needs; `close` ends the threads. Converts the model to fp32 first if that has not been done. */
export async function openTraining(
  options: TrainingOptions,
): Promise<{ run: TrainingRun; close: () => Promise<void> }> {
  const { settings, data } = options;
  const model = openModel(options.modelPath, { cacheFolder: options.cacheFolder });
  const { tokenizer } = model;
  if (tokenizer === null)
    throw new ServiceError('invalid_request', 'The model has no tokenizer, so it cannot be trained on text.');
  const base = options.calibration ?? findBaseCalibration(model.fingerprint);
  const lexicalOffset = settings.lossOver === 'blended' ? createLexicalOffset(base) : null;
  const prepared = prepareModel(model, 'fp32', options.cacheFolder, () => {});
  const prefixFolder = options.prefixFolder ?? join(options.cacheFolder, 'prefixes', basename(prepared.folder));
  const threadOptions = {
    modelPath: options.modelPath,
    graphs: writeLanguageModelGraphs(prepared.folder, model.config, prepared.manifest, keyValueType),
    gradientGraph: prepareGradientGraph(model.config, prepared, { slots: gradientSlots, keyValueType }),
    prefixFolder,
    prefixBytesMax: sweepPrefixes(prefixFolder, options.prefixBytesMax),
  };
  const pool = await TrainingPool.start(options.threads, threadOptions, model.config.hiddenSize, options.pace);
  const embeddings = new EmbeddingTable(model.source);
  const sequences = new PairSequences(settings, tokenizer, embeddings, model.config.contextLength);
  const config = adapterConfigOf(settings, model, tokenizer.fingerprint);
  const start = initialAdapter({
    config,
    hiddenSize: model.config.hiddenSize,
    seed: settings.seed,
    meanSquaredNorm: meanSquaredNorm(embeddings),
    instruction: sequences.instruction,
  });
  const module = await openModule(settings, embeddings);
  const textsOf = (query: string, documentId: string): PairTexts => ({
    query,
    documentId,
    document: documentText(data, documentId, options.withTitle),
  });
  const run: TrainingRun = {
    settings,
    adapter: new TrainedAdapter(start, embeddings),
    module,
    sequences,
    pool,
    data,
    textsOf: ({ example, documentId }) => textsOf(example.query, documentId),
    lexicalOffset,
    dev: {
      examples: seededOrder(data.dev, settings.seed, ({ queryId }) => queryId).slice(0, settings.devQueries),
      depth: settings.devDepth,
      textsOf: (example, documentId) => textsOf(example.query, documentId),
      lexicalOffset,
    },
    blend: {
      origin: {
        data: options.dataName.slice(0, dataNameLengthMax),
        split: 'dev',
        maxTokensPerDoc: settings.maxTokensPerDoc,
        precision: 'fp32',
        template: settings.template,
        modelFingerprint: model.fingerprint,
      },
      base,
      withFirstStage: options.withFirstStage,
    },
    checkpointPath: options.checkpointPath,
    storage: options.storage ?? storageDefault,
    identity: identityOf(options, model.fingerprint, lexicalOffset === null ? null : base),
    onEvent: options.onEvent,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const close = async () => {
    await pool.close();
    await module?.close();
    model.close();
  };
  return { run, close };
}

async function openModule(settings: TrainingSettings, embeddings: EmbeddingTable): Promise<HintModule | null> {
  const { method, heads, attentionDropout } = settings;
  if (method === 'soft-prompt') return null;
  const kind = method === 'attend' ? { method, heads, dropout: attentionDropout > 0 } : { method };
  return HintModule.open(kind, embeddings.width, embeddings);
}

function adapterConfigOf(settings: TrainingSettings, model: FrozenModel, tokenizerFingerprint: string): AdapterConfig {
  const { method, k, heads, filters, template, hintOrder, hintChoice } = settings;
  return {
    format: 'hintrank-adapter-1',
    method,
    k,
    heads,
    filters,
    ...(hintOrder === 'similarity' ? {} : { hintOrder }),
    ...(hintChoice === 'similar' ? {} : { hintChoice }),
    template,
    residual: method !== 'soft-prompt',
    hintLocation: 'suffix',
    modelFingerprint: model.fingerprint,
    tokenizerFingerprint,
    training: { settings },
  };
}

/** Mean of |E[id]|² over every 16th row: the attention's start needs its size, not its digits. */
function meanSquaredNorm(embeddings: EmbeddingTable): number {
  let squares = 0;
  let count = 0;
  for (let id = 0; id < embeddings.rows; id += 16) {
    for (const value of embeddings.gather([id])) squares += value * value;
    count += 1;
  }
  return squares / count;
}

function documentText(data: TrainingData, documentId: string, withTitle: boolean): string {
  const document = data.corpus.get(documentId);
  if (document === undefined) throw new Error(`the corpus has no document "${documentId}"`);
  return withTitle && document.title !== '' ? `${document.title}. ${document.text}` : document.text;
}

/** A checkpoint goes on only with the settings, the constants that the loss blends with, the queries and the model that it came from. */
function identityOf(
  { settings, data, withTitle, storage = storageDefault }: TrainingOptions,
  modelFingerprint: string,
  blendedWith: Calibration | null,
): string {
  const hash = createHash('sha256').update(
    JSON.stringify([settings, withTitle, storage, modelFingerprint, blendedWith?.constants]),
  );
  for (const examples of [data.train, data.dev]) hash.update(JSON.stringify(examples));
  for (const [id, { title, text }] of data.corpus) hash.update(JSON.stringify([id, title, text]));
  return hash.digest('hex');
}

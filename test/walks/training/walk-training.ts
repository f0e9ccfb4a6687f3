import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { simulatedObjectStore } from '#infra/local/edge/local-object-store.ts';
import { type LocalStack, startLocalStack } from '#infra/local/local-stack.ts';
import { readOrCreateSecrets } from '#infra/local/state/local-secrets.ts';
import type { TrainingJobSettings } from '#shared/protocol/training-settings.ts';
import { evaluateAdapter } from '#test/walks/training/evaluate-adapter.ts';
import { fetchPublishedAdapter } from '#test/walks/training/fetch-published-adapter.ts';
import { type JobDevQueries, readJobDevQueries } from '#test/walks/training/job-dev-queries.ts';
import { rerankOverHttp } from '#test/walks/training/rerank-over-http.ts';
import { pointAlias, rollBack } from '#test/walks/training/roll-back-over-http.ts';
import { type TrainedJob, trainOverHttp } from '#test/walks/training/train-over-http.ts';
import { uploadDataset } from '#test/walks/training/upload-dataset.ts';
import type { WalkStage } from '#test/walks/training/walk-stage.ts';

export interface TrainingWalk {
  readonly modelPath: string;
  /** The data set, JSON Lines. */
  readonly dataset: Uint8Array;
  readonly name: string;
  readonly preset: string;
  readonly settings: TrainingJobSettings;
  /** A folder of its own. */
  readonly stateFolder: string;
  /** Folder of converted weights; absent: in the state folder. */
  readonly modelCacheFolder?: string;
  readonly precision: 'auto' | 'fp32';
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
}

const alias = 'prod';
/** The second version, only to have one to go back from: as little work as a version can be, and half the hints, so that it scores otherwise even if no step was a gain. */
const secondSettings = { steps: 2, evaluate_every: 2, dev_queries: 8, dev_depth: 4, k: 5 };
/** As workers name it: the name is part of the ids of queries, by whose digest dev queries are drawn. */
const datasetFile = 'dataset.jsonl';

/**
 * Everything that a team does with training, over HTTP, against a stack that it starts as `npm start` does: upload, train, follow, rerank, roll back; then
 * `hintrank evaluate` of what was published. Returns what was not as it should be. Throws where a step fails.
 */
export async function walkTraining(options: TrainingWalk): Promise<readonly string[]> {
  const { say, signal } = options;
  const differences: string[] = [];
  const stack = await startLocalStack({ ...options, port: 0, workers: 1, training: true }, signal);
  try {
    const stage: WalkStage = {
      ...{ say, signal, connection: { url: stack.url, key: stack.apiKey } },
      expect: (what, isSo) => {
        say(`  ${isSo ? 'as it should be' : 'NOT AS IT SHOULD BE'}: ${what}`);
        if (!isSo) differences.push(what);
      },
    };
    const { id: dataset } = await uploadDataset(stage, options.dataset, options.name);
    const wanted = { dataset, adapter: options.name, preset: options.preset };
    const first = await trainOverHttp(stage, { ...wanted, settings: options.settings });
    const path = join(options.stateFolder, 'walk');
    await mkdir(path, { recursive: true });
    await writeFile(join(path, datasetFile), options.dataset);
    const dev = await readJobDevQueries(join(path, datasetFile), first.report.settings);
    await useAndRollBack(stage, dev, {
      name: options.name,
      first,
      retrain: () => trainOverHttp(stage, { ...wanted, settings: secondSettings }),
    });
    await evaluatePublished(stage, { ...options, stack, first, dev, path });
  } finally {
    await stack.stop();
  }
  return differences;
}

interface Use {
  readonly name: string;
  readonly first: TrainedJob;
  readonly retrain: () => Promise<TrainedJob>;
}

/** The adapter behind an alias, a second version that takes its place, and the way back. */
async function useAndRollBack(stage: WalkStage, dev: JobDevQueries, { name, first, retrain }: Use): Promise<void> {
  const { expect } = stage;
  const [example] = dev.examples;
  if (example === undefined) throw new Error('The job had no dev queries.');
  const documents = example.candidates.map(({ documentId }) => dev.documents.get(documentId) ?? '');
  const question = { query: example.query, documents };
  const path = `/v1/adapters/${name}/aliases/${alias}`;
  const rerank = (model: string) => rerankOverHttp(stage, question, model);
  const same = (left: readonly number[], right: readonly number[]) => JSON.stringify(left) === JSON.stringify(right);

  expect('the first job is version 1', first.job.result?.published === `${name}@1`);
  await pointAlias(stage, path, 1);
  const base = await rerank(first.job.model);
  const adapted = await rerank(`${name}@${alias}`);
  expect('the adapter scores, and not as the base model does', !same(adapted.likelihoods, base.likelihoods));
  const second = await retrain();
  expect('the second job is version 2', second.job.result?.published === `${name}@2`);
  await pointAlias(stage, path, 2);
  const replaced = await rerank(`${name}@${alias}`);
  expect('version 2 scores', replaced.model === `${name}@2` && !same(replaced.likelihoods, adapted.likelihoods));
  expect('the way back leads to version 1', (await rollBack(stage, path)) === 1);
  const back = await rerank(`${name}@${alias}`);
  expect('version 1 scores as before', back.model === `${name}@1` && same(back.likelihoods, adapted.likelihoods));
}

interface Published extends TrainingWalk {
  readonly stack: LocalStack;
  readonly first: TrainedJob;
  readonly dev: JobDevQueries;
  readonly path: string;
}

/** The figures of the job are those of the command, for the published bytes and for the base model. */
async function evaluatePublished(stage: WalkStage, options: Published): Promise<void> {
  const { stack, first, dev, path, modelPath, stateFolder, name } = options;
  const secrets = await readOrCreateSecrets(join(stateFolder, 'secrets.json'));
  const store = simulatedObjectStore(Number(new URL(stack.url).port), secrets);
  const adapterPath = join(path, `${name}.safetensors`);
  await fetchPublishedAdapter(stage, { name, version: 1 }, store, adapterPath);
  const { settings, alone } = first.report;
  const found = await evaluateAdapter({ adapterPath, modelPath, dev, settings, folder: path, say: stage.say });
  const equal = (left: number, right: number) => Math.abs(left - right) < 1e-9;
  stage.expect(`as many dev queries as the job had`, found.queries === first.job.result?.summary.dev_queries);
  stage.expect('nDCG@10 of the base model is that of the job', equal(found.base, alone.base));
  stage.expect('nDCG@10 of the published adapter is that of the job', equal(found.adapter, alone.adapter));
}

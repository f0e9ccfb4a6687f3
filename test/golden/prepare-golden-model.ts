import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { type PreparedModel, prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import type { Precision } from '#gpu-worker/scoring/scoring-engine.ts';

export interface GoldenModel extends PreparedModel {
  readonly model: FrozenModel;
  readonly runner: LanguageModelRunner;
  readonly embeddings: EmbeddingTable;
  close(): Promise<void>;
}

/** A model of the golden folder, converted into a temporary folder (or into `cacheFolder`, which stays) and opened on this thread. */
export async function prepareGoldenModel(
  path: string,
  precision: Precision,
  cacheFolder?: string,
): Promise<GoldenModel> {
  const folder = cacheFolder ?? mkdtempSync(join(tmpdir(), 'hintrank-golden-'));
  const model = openModel(path);
  const prepared = prepareModel(model, precision, folder, () => {});
  const runner = await LanguageModelRunner.open(prepared.graphs, model.config);
  return {
    model,
    runner,
    ...prepared,
    embeddings: new EmbeddingTable(model.source),
    async close() {
      await runner.close();
      model.close();
      if (cacheFolder === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

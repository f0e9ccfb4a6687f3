import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openModel } from '#gpu-worker/language-model/open-model.ts';
import { LanguageModelRunner } from '#gpu-worker/scoring/language-model-runner.ts';
import { packWeights } from '#gpu-worker/scoring/prepared-model/pack-weights.ts';
import { prepareModel } from '#gpu-worker/scoring/prepared-model/prepare-model.ts';
import { goldenFolder } from '#test/golden/golden-folder.ts';

const cacheFolder = mkdtempSync(join(tmpdir(), 'hintrank-pack-'));
afterAll(() => rmSync(cacheFolder, { recursive: true, force: true }));
const model = openModel(join(goldenFolder, 'tiny-llama'));
afterAll(() => model.close());

it.each(['fp32', 'int8'] as const)(
  'packed weights give the same bits in %s, and are packed once',
  async (precision) => {
    const prepared = prepareModel(model, precision, cacheFolder, () => {});
    const packed = await packWeights(prepared, () => {});
    const folder = dirname(packed.graphs.packed?.prefixPath ?? '');
    expect(readdirSync(folder).toSorted()).toEqual(['prefix.bin', 'prefix.onnx', 'suffix.bin', 'suffix.onnx']);
    const before = statSync(join(folder, 'suffix.bin')).ino;
    const again = await packWeights(prepared, () => {
      throw new Error('nothing is to be packed');
    });
    expect(again.graphs).toEqual(packed.graphs);
    expect(statSync(join(folder, 'suffix.bin')).ino).toBe(before);

    const outputs = [];
    for (const graphs of [prepared.graphs, packed.graphs]) {
      const runner = await LanguageModelRunner.open(graphs, model.config);
      const width = model.config.hiddenSize;
      const embeddings = Float32Array.from({ length: 7 * width }, (_, index) => Math.sin(index));
      const past = await runner.keyValues(embeddings);
      const run = { embeddings, past, targetRows: [2, 6], targetIds: [1, 3] };
      outputs.push([past.tensors, await runner.logProbabilities([run, { ...run, targetIds: [0, 2] }])]);
      await runner.close();
    }
    expect(outputs[1]).toEqual(outputs[0]);
  },
);

it('removes packed weights of other graphs that nobody has used for a day, and goes on without its own', async () => {
  const prepared = prepareModel(model, 'fp32', cacheFolder, () => {});
  const packed = await packWeights(prepared, () => {});
  const [folder, old] = [dirname(packed.graphs.packed?.prefixPath ?? ''), join(prepared.folder, 'packed-old')];
  mkdirSync(old);
  for (const path of [folder, old]) {
    const at = new Date(Date.now() - 2 * 86_400_000);
    utimesSync(path, at, at);
  }
  const other = {
    ...prepared.graphs,
    prefixPath: prepareModel(model, 'int8', cacheFolder, () => {}).graphs.prefixPath,
  };
  await packWeights({ ...prepared, graphs: other }, () => {});
  expect([existsSync(old), existsSync(folder)]).toEqual([false, false]);
  const runner = await LanguageModelRunner.open(packed.graphs, model.config);
  await runner.close();
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildLanguageModelGraph } from '#gpu-worker/language-model/build-language-model-graph.ts';
import type { FrozenModel } from '#gpu-worker/language-model/frozen-model.ts';
import type { WeightManifest } from '#gpu-worker/language-model/weight-manifest.ts';
import { serialiseGraph } from '#gpu-worker/onnx/serialise-graph.ts';
import type { ChannelMaxima } from '#gpu-worker/quantisation/plan-smoothing.ts';
import { EmbeddingTable } from '#gpu-worker/scoring/embedding-table.ts';
import { LanguageModelRunner, noKeyValues } from '#gpu-worker/scoring/language-model-runner.ts';

/**
 * Runs the float32 model over `sequences` and returns the largest |activation| of each input channel of each linear site.
 * Holds the thread; call it in a worker thread. `folder` holds the float32 weights; a graph file is written beside them.
 */
export async function collectChannelMaxima(
  model: FrozenModel,
  fp32: WeightManifest,
  folder: string,
  sequences: readonly (readonly number[])[],
  onProgress: (fraction: number) => void,
): Promise<ChannelMaxima> {
  const graph = buildLanguageModelGraph(model.config, fp32, { channelMaxima: true });
  const graphPath = join(folder, 'calibration.onnx');
  writeFileSync(graphPath, serialiseGraph(graph));
  const names = graph.outputs.map((output) => output.name).filter((name) => name.startsWith('maximum.'));
  const maxima = new Map<string, Float32Array>();
  const runner = await LanguageModelRunner.open(graphPath, model.config);
  const embeddings = new EmbeddingTable(model.source);
  for (const [index, ids] of sequences.entries()) {
    const rows = ids.map((_, row) => row);
    const outputs = await runner.outputs(
      { embeddings: embeddings.gather(ids), past: noKeyValues, targetRows: rows, targetIds: rows.map(() => 0) },
      names,
    );
    for (const name of names) keepLarger(maxima, name.slice('maximum.'.length), outputs[name]);
    onProgress((index + 1) / sequences.length);
  }
  await runner.close();
  return maxima;
}

function keepLarger(maxima: Map<string, Float32Array>, site: string, values: Float32Array | undefined): void {
  if (values === undefined) throw new Error(`calibration returned no maxima for "${site}"`);
  const known = maxima.get(site);
  maxima.set(site, known === undefined ? values : known.map((value, channel) => Math.max(value, values[channel] ?? 0)));
}

import { expect, it } from 'vitest';
import { buildSuffixGraph } from '#gpu-worker/language-model/build-suffix-graph.ts';
import { buildLanguageModelGradientGraph } from '#gpu-worker/training/gradients/build-language-model-gradient-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

const options = { slots: 2, keyValueType: 'float16' } as const;

it('adds one output to the language model’s graph, and nothing that differentiates weights or cached tokens', () => {
  const manifest = manifestOf(everySwitchConfig, 'fp32');
  const forward = buildSuffixGraph(everySwitchConfig, manifest, options);
  const graph = buildLanguageModelGradientGraph(everySwitchConfig, manifest, options);
  expect(graph.inputs).toEqual(forward.inputs);
  expect(graph.outputs.map(({ name }) => name)).toEqual([
    ...forward.outputs.map(({ name }) => name),
    'embeddings_gradient',
  ]);
  // One matrix product per linear layer on the way back (to its input), none to its weight.
  const products = (nodes: typeof graph.nodes) => nodes.filter((node) => node.operator === 'Gemm').length;
  expect(products(graph.nodes)).toBe(2 * products(forward.nodes));
});

it('refuses integer weights with the reason', () => {
  expect(() =>
    buildLanguageModelGradientGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'int8'), options),
  ).toThrow('cannot be differentiated: only graphs of integer weights have it');
});

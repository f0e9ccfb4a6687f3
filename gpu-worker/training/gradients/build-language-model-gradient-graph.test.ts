import { expect, it } from 'vitest';
import { buildLanguageModelGraph } from '#gpu-worker/language-model/build-language-model-graph.ts';
import { buildLanguageModelGradientGraph } from '#gpu-worker/training/gradients/build-language-model-gradient-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

it('adds one output to the language model’s graph, and nothing that differentiates weights or cached tokens', () => {
  const manifest = manifestOf(everySwitchConfig, 'fp32');
  const forward = buildLanguageModelGraph(everySwitchConfig, manifest);
  const graph = buildLanguageModelGradientGraph(everySwitchConfig, manifest);
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
  expect(() => buildLanguageModelGradientGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'int8'))).toThrow(
    'cannot be differentiated: only graphs of integer weights have it',
  );
});

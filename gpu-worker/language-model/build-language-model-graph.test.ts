import { describe, expect, it } from 'vitest';
import { buildLanguageModelGraph } from '#gpu-worker/language-model/build-language-model-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

describe.each(['fp32', 'int8'] as const)('the graph in %s', (precision) => {
  const manifest = manifestOf(everySwitchConfig, precision);
  const graph = buildLanguageModelGraph(everySwitchConfig, manifest);

  it('names every node by a unique address that ends in its operator or its purpose', () => {
    const names = graph.nodes.map((node) => node.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^\/model\/([a-z_0-9.]+\/)*[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
    expect(names).toContain('/model/layers.1/attention/Attention');
    expect(names).toContain('/model/layers.0/feed_forward/Sigmoid');
  });

  it('names every value once, by the address of its node or as an output of the graph', () => {
    const outputs = graph.outputs.map((output) => output.name);
    const values = graph.nodes.flatMap((node) => node.outputs.map((name) => ({ name, node: node.name })));
    expect(new Set(values.map(({ name }) => name)).size).toBe(values.length);
    const misnamed = values.filter(({ name, node }) => !name.startsWith(`${node}/output_`) && !outputs.includes(name));
    expect(misnamed).toEqual([]);
  });

  it('has keys and values of every layer as inputs and outputs', () => {
    const parts = ['0.key', '0.value', '1.key', '1.value'];
    expect(graph.inputs.map((input) => input.name).filter((name) => name.startsWith('past.'))).toEqual(
      parts.map((part) => `past.${part}`),
    );
    expect(graph.outputs.map((output) => output.name)).toEqual([
      ...parts.map((part) => `present.${part}`),
      'log_probabilities',
      'logits',
    ]);
  });

  it('reads every stored tensor, once, from the weights file', () => {
    const external = graph.initializers.filter((initializer) => initializer.data.kind === 'external');
    expect(external.map((initializer) => initializer.name).sort()).toEqual(Object.keys(manifest.tensors).sort());
  });

  it('keeps weights out of itself', () => {
    const inline = graph.initializers.flatMap(({ data }) => (data.kind === 'inline' ? [data.bytes.byteLength] : []));
    expect(Math.max(...inline)).toBeLessThanOrEqual(24);
  });
});

it('a manifest without a tensor that the configuration calls for is refused by name', () => {
  const manifest = manifestOf({ ...everySwitchConfig, queryKeyNorm: false }, 'fp32');
  expect(() => buildLanguageModelGraph(everySwitchConfig, manifest)).toThrow(
    'the converted weights "weights.bin" lack the tensor "model.layers.0.attention.query_norm.weight"',
  );
});

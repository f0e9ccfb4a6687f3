import { describe, expect, it } from 'vitest';
import { buildPrefixGraph } from '#gpu-worker/language-model/build-prefix-graph.ts';
import { buildSuffixGraph } from '#gpu-worker/language-model/build-suffix-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

const manifests = {
  fp32: manifestOf(everySwitchConfig, 'fp32'),
  int8: manifestOf(everySwitchConfig, 'int8'),
  fp16: manifestOf(everySwitchConfig, 'fp16'),
};
const graphs = (['fp32', 'int8', 'fp16'] as const).flatMap((precision) => {
  const manifest = manifests[precision];
  const suffix = (slots: number) =>
    buildSuffixGraph(everySwitchConfig, manifest, {
      slots,
      keyValueType: precision === 'fp32' ? 'float32' : 'float16',
    });
  return [
    { kind: `${precision}, prefix`, manifest, graph: buildPrefixGraph(everySwitchConfig, manifest, 'float16') },
    { kind: `${precision}, one suffix`, manifest, graph: suffix(1) },
    { kind: `${precision}, three suffixes`, manifest, graph: suffix(3) },
  ];
});
const parts = ['0.key', '0.value', '1.key', '1.value'];

describe.each(graphs)('the graph of $kind', ({ graph, manifest, kind }) => {
  it('names every node by a unique address that ends in its operator or its purpose', () => {
    const names = graph.nodes.map((node) => node.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.filter((name) => !/^\/model\/([a-z_0-9.]+\/)*[A-Z][A-Za-z]+$/.test(name))).toEqual([]);
  });

  it('names every value once, by the address of its node or as an output of the graph', () => {
    const outputs = graph.outputs.map((output) => output.name);
    const values = graph.nodes.flatMap((node) => node.outputs.map((name) => ({ name, node: node.name })));
    expect(new Set(values.map(({ name }) => name)).size).toBe(values.length);
    const misnamed = values.filter(({ name, node }) => !name.startsWith(`${node}/output_`) && !outputs.includes(name));
    expect(misnamed).toEqual([]);
  });

  it('reads every stored tensor that it needs, once, from the weights file', () => {
    const external = graph.initializers.filter((initializer) => initializer.data.kind === 'external');
    const names = external.map((initializer) => initializer.name);
    expect(new Set(names).size).toBe(names.length);
    const missing = Object.keys(manifest.tensors).filter((name) => !names.includes(name));
    if (!kind.includes('prefix')) expect(missing).toEqual([]);
    // The head and what is behind the last layer's keys and values.
    else
      expect(
        missing.filter((name) => !/head|final|layers\.1\.(attention\.(output|query_norm)|feed_forward)/.test(name)),
      ).toEqual([]);
  });

  it('keeps weights out of itself', () => {
    const inline = graph.initializers.flatMap(({ data }) => (data.kind === 'inline' ? [data.bytes.byteLength] : []));
    expect(Math.max(...inline)).toBeLessThanOrEqual(32);
  });
});

it('the prefix graph gives keys and values of every layer, the suffix graph takes those of every slot', () => {
  const prefix = buildPrefixGraph(everySwitchConfig, manifests.fp32, 'float16');
  expect(prefix.outputs.map(({ name, type }) => [name, type])).toEqual(
    parts.flatMap((part) => [
      [`present.${part}`, 'float16'],
      [`exact.${part}`, 'float32'],
    ]),
  );
  const given = prefix.inputs.filter(({ name }) => name.startsWith('past.'));
  expect(given.map(({ name, type }) => [name, type])).toEqual(parts.map((part) => [`past.${part}`, 'float32']));
  const suffix = buildSuffixGraph(everySwitchConfig, manifests.fp32, { slots: 2, keyValueType: 'float16' });
  const past = suffix.inputs.filter(({ name }) => name.startsWith('past.'));
  expect(past.map(({ name }) => name).toSorted()).toEqual(
    [0, 1].flatMap((slot) => parts.map((part) => `past.${slot}.${part}`)).toSorted(),
  );
  expect(new Set(past.map(({ type }) => type))).toEqual(new Set(['float16']));
  expect(suffix.outputs.map(({ name }) => name)).toEqual(['log_probabilities', 'logits']);
});

it('the float16 graphs convert no key and no value: they are computed, kept and read in float16', () => {
  const suffix = buildSuffixGraph(everySwitchConfig, manifests.fp16, { slots: 2, keyValueType: 'float16' });
  const attention = suffix.nodes.filter(({ operator }) => operator === 'Attention');
  expect(attention.map(({ inputs }) => inputs[4])).toEqual([
    'past.0.0.key',
    'past.1.0.key',
    'past.0.1.key',
    'past.1.1.key',
  ]);
  expect(suffix.outputs.map(({ type }) => type)).toEqual(['float32', 'float32']);
  const prefix = buildPrefixGraph(everySwitchConfig, manifests.fp16, 'float16');
  expect(prefix.inputs.filter(({ name, type }) => name.startsWith('past.') && type !== 'float16')).toEqual([]);
  expect(prefix.outputs.filter(({ type }) => type !== 'float16')).toEqual([]);
});

it('a manifest without a tensor that the configuration calls for is refused by name', () => {
  const manifest = manifestOf({ ...everySwitchConfig, queryKeyNorm: false }, 'fp32');
  expect(() => buildPrefixGraph(everySwitchConfig, manifest, 'float32')).toThrow(
    'the converted weights "weights.bin" lack the tensor "model.layers.0.attention.key_norm.weight"',
  );
});

import { describe, expect, it } from 'vitest';
import { buildPrefixGraph } from '#gpu-worker/language-model/build-prefix-graph.ts';
import { buildSuffixGraph } from '#gpu-worker/language-model/build-suffix-graph.ts';
import { operatorDomains } from '#gpu-worker/onnx/operators.ts';
import { buildAbsorbedHintGraph } from '#gpu-worker/q-peft/build-absorbed-hint-graph.ts';
import { buildHintGraph } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

const graphs = [
  buildPrefixGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'int8'), 'float16'),
  buildSuffixGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'fp32'), { slots: 1, keyValueType: 'float32' }),
  buildSuffixGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'int8'), { slots: 4, keyValueType: 'float16' }),
  buildHintGraph({ method: 'retrieve' }, 8),
  buildHintGraph({ method: 'attend', heads: 2 }, 8),
  buildAbsorbedHintGraph(2, 8),
];

describe('the operator table', () => {
  it.each(graphs)('has every operator of the graph $name', (graph) => {
    expect(graph.nodes.filter((node) => !Object.hasOwn(operatorDomains, node.operator))).toEqual([]);
    expect(graph.nodes.length).toBeGreaterThan(4);
  });
});

import { describe, expect, it } from 'vitest';
import { buildLanguageModelGraph } from '#gpu-worker/language-model/build-language-model-graph.ts';
import { operatorDomains } from '#gpu-worker/onnx/operators.ts';
import { buildHintGraph } from '#gpu-worker/q-peft/build-hint-graph.ts';
import { everySwitchConfig, manifestOf } from '#test/support/small-manifest.ts';

const graphs = [
  buildLanguageModelGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'fp32')),
  buildLanguageModelGraph(everySwitchConfig, manifestOf(everySwitchConfig, 'int8')),
  buildHintGraph({ method: 'retrieve' }, 8),
  buildHintGraph({ method: 'attend', heads: 2 }, 8),
];

describe('the operator table', () => {
  it.each(graphs)('has every operator of the graph $name', (graph) => {
    expect(graph.nodes.filter((node) => !Object.hasOwn(operatorDomains, node.operator))).toEqual([]);
    expect(graph.nodes.length).toBeGreaterThan(4);
  });
});
